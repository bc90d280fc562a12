#include "support/naive_decoder.hpp"

#include "support/naive_headers.hpp"
#include "support/naive_state.hpp"
#include "support/naive_stuffed.hpp"
#include "support/naive_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace telex::test {

namespace {

using namespace codec;

constexpr Wide kMaxU64 = (Wide{1} << 64) - 1;

class NaiveDecoder : private NaiveState {
public:
    using NaiveState::NaiveState;

    DecodeOutcome run_one() {
        one_frame();
        return std::move(outcome_);
    }

    std::size_t position() const { return pos_; }

    DecodeOutcome run() {
        while (!done_ && pos_ < stream_.size()) {
            one_frame();
        }
        return std::move(outcome_);
    }

private:
    void one_frame() {
        switch (framing_.kind) {
            case FramingKind::length:
                return length_frame(framing_.length);
            case FramingKind::delimiter:
                return delimited_frame();
            case FramingKind::fixed:
                return fixed_frame();
            case FramingKind::syslog:
                return syslog_frame();
            case FramingKind::stuffed:  // naive_stuffed.hpp
            case FramingKind::headers:  // naive_headers.hpp
            case FramingKind::value:    // naive_values.hpp
            case FramingKind::idle:
                outcome_.frames.emplace_back(stream_);
                break;
            case FramingKind::datagram:
                break;
        }
        done_ = true;
    }

    bool digit_at(std::size_t i) const {
        return i < stream_.size() &&
               std::string_view("0123456789").find(stream_[i]) != ByteView::npos;
    }

    // Digits as an octet count has them: one to ten, no leading zeros.
    std::size_t count_digits() const {
        std::size_t digits = 0;
        while (digit_at(pos_ + digits)) {
            ++digits;
        }
        const bool leading_zero = digits > 1 && stream_[pos_] == '0';
        return digits > 10 || leading_zero ? 0 : digits;
    }

    // They may be a count or a line: the stream ends before it is known.
    bool ends_in_count() const {
        const std::size_t digits = count_digits();
        return framing_.kind == FramingKind::syslog && digits > 0 &&
               pos_ + digits == stream_.size();
    }

    void syslog_frame() {
        const std::size_t digits = count_digits();
        if (digits == 0 || !stream_.substr(pos_ + digits).starts_with(' ')) {
            return delimited_frame();
        }
        LengthOptions count;
        count.encoding = LengthEncoding::decimal;
        count.width = 10;
        count.terminator = " ";
        length_frame(count);
    }

    ByteView trimmed(ByteView payload) const {
        std::size_t longest = 0;
        for (const std::string& ending : framing_.trim) {
            if (payload.ends_with(ending)) {
                longest = std::max(longest, ending.size());
            }
        }
        return payload.substr(0, payload.size() - longest);
    }

    // Number of bytes by which a body may exceed the limit while its end is not seen.
    Wide longest_ending() const {
        std::size_t longest = 0;
        for (const std::string& ending : framing_.trim) {
            longest = std::max(longest, ending.size());
        }
        return static_cast<Wide>(longest);
    }

    struct Field {
        Wide value = 0;
        std::size_t end = 0;  // position after the head
    };

    std::optional<Field> binary_field(const LengthOptions& o, std::size_t begin) {
        if (begin + o.width > stream_.size()) {
            fail(FrameError::truncated);
            return std::nullopt;
        }
        std::string digits(stream_.substr(begin, o.width));
        if (o.order == ByteOrder::little) {
            std::reverse(digits.begin(), digits.end());
        }
        Field field{.value = 0, .end = begin + o.width};
        for (const char digit : digits) {
            field.value = field.value * 256 + static_cast<unsigned char>(digit);
        }
        return field;
    }

    // Value of bits as the options give them.
    static Wide bits(const LengthOptions& o, std::string bytes) {
        if (o.order == ByteOrder::little) {
            std::reverse(bytes.begin(), bytes.end());
        }
        Wide value = 0;
        for (const char byte : bytes) {
            value = value * 256 + static_cast<unsigned char>(byte);
        }
        return value;
    }

    // A binary field with all its options.
    std::optional<Field> scaled_field(const LengthOptions& o) {
        const std::size_t end = std::max<std::size_t>(pos_ + o.head_size, pos_ + o.at + o.width);
        if (end > stream_.size()) {
            fail(FrameError::truncated);
            return std::nullopt;
        }
        auto field = binary_field(o, pos_ + o.at);
        for (std::size_t bit = 0; bit < 64; ++bit) {
            const Wide weight = Wide{1} << bit;
            const bool in_mask = o.mask.empty()
                                     ? (bits(o, o.flags) / weight) % 2 == 0 &&
                                           (bits(o, o.continuation_bits) / weight) % 2 == 0
                                     : (bits(o, o.mask) / weight) % 2 == 1;
            if (!in_mask && (field->value / weight) % 2 == 1) {
                field->value -= weight;
            }
        }
        field->value *= o.unit;
        field->end = end;
        if (field->value > kMaxU64) {
            fail(FrameError::bad_length);
            return std::nullopt;
        }
        return field;
    }

    std::size_t padding_of(const LengthOptions& o, Wide body) {
        std::size_t padding = 0;
        while ((body + static_cast<Wide>(padding)) % o.align != 0) {
            ++padding;
        }
        if (o.padding_width > 0) {
            padding += static_cast<std::size_t>(
                bits(o, std::string(stream_.substr(pos_ + o.padding_at, o.padding_width)))
            );
        }
        return padding;
    }

    std::optional<Field> leb128_field(const LengthOptions& o, std::size_t begin) {
        Field field;
        Wide weight = 1;
        for (std::size_t i = 0; i < o.width; ++i, weight *= 128) {
            if (begin + i >= stream_.size()) {
                fail(FrameError::truncated);
                return std::nullopt;
            }
            const auto byte = static_cast<unsigned char>(stream_[begin + i]);
            field.value += weight * (byte % 128);
            if (byte < 128) {
                if (field.value > kMaxU64 || (o.canonical && i > 0 && byte == 0)) {
                    break;
                }
                field.end = begin + i + 1;
                return field;
            }
        }
        fail(FrameError::bad_length);
        return std::nullopt;
    }

    std::optional<Field> fixed_digits_field(
        const LengthOptions& o, std::size_t begin, std::string_view alphabet
    ) {
        if (begin + o.width > stream_.size()) {
            fail(FrameError::truncated);
            return std::nullopt;
        }
        Field field{.value = 0, .end = begin + o.width};
        for (const char digit : stream_.substr(begin, o.width)) {
            const std::size_t value = alphabet.find(static_cast<char>(std::tolower(digit)));
            if (value == ByteView::npos) {
                fail(FrameError::bad_length);
                return std::nullopt;
            }
            field.value =
                field.value * static_cast<Wide>(alphabet.size()) + static_cast<Wide>(value);
        }
        return field;
    }

    std::optional<Field> bcd_field(const LengthOptions& o, std::size_t begin) {
        if (begin + o.width > stream_.size()) {
            fail(FrameError::truncated);
            return std::nullopt;
        }
        std::string digits;
        for (const char pair : stream_.substr(begin, o.width)) {
            digits += fmt::format("{:02x}", static_cast<unsigned char>(pair));
        }
        if (digits.find_first_of("abcdef") != std::string::npos) {
            fail(FrameError::bad_length);
            return std::nullopt;
        }
        return Field{.value = std::stoll(digits), .end = begin + o.width};
    }

    std::optional<Field> ber_field(const LengthOptions& o, std::size_t begin) {
        if (begin >= stream_.size()) {
            fail(FrameError::truncated);
            return std::nullopt;
        }
        const unsigned first = static_cast<unsigned char>(stream_[begin]);
        if (first < 128) {
            return Field{.value = first, .end = begin + 1};
        }
        if (first == 128 || first - 128 > o.width) {
            fail(FrameError::bad_length);
            return std::nullopt;
        }
        LengthOptions number;
        number.width = static_cast<std::uint8_t>(first - 128);
        const auto field = binary_field(number, begin + 1);
        Wide smallest = 128;
        for (unsigned bytes = 1; bytes < number.width; ++bytes) {
            smallest = bytes == 1 ? 256 : smallest * 256;
        }
        if (field && o.canonical && field->value < smallest) {
            fail(FrameError::bad_length);
            return std::nullopt;
        }
        return field;
    }

    std::optional<Field> digits_field(
        const LengthOptions& o, std::size_t begin, std::string_view alphabet
    ) {
        if (o.terminator.empty()) {
            return fixed_digits_field(o, begin, alphabet);
        }
        std::size_t end = begin;
        while (end < stream_.size() &&
               alphabet.find(static_cast<char>(std::tolower(stream_[end]))) != ByteView::npos) {
            ++end;
        }
        const std::string digits(stream_.substr(std::min(begin, stream_.size()), end - begin));
        const ByteView after = stream_.substr(std::min(end, stream_.size()), o.terminator.size());
        const bool leading_zero = digits.size() > 1 && digits[0] == '0';
        const bool no_digits = digits.empty() && !after.empty();
        if (digits.size() > o.width || (o.canonical && leading_zero) || no_digits ||
            !std::string_view(o.terminator).starts_with(after)) {
            fail(FrameError::bad_length);
            return std::nullopt;
        }
        if (after.size() < o.terminator.size()) {
            fail(FrameError::truncated);
            return std::nullopt;
        }
        return Field{
            .value = std::stoull(digits, nullptr, static_cast<int>(alphabet.size())),
            .end = end + o.terminator.size()
        };
    }

    std::optional<Field> read_field(const LengthOptions& o) {
        switch (o.encoding) {
            case LengthEncoding::binary:
                return scaled_field(o);
            case LengthEncoding::leb128:
                return leb128_field(o, pos_ + o.at);
            case LengthEncoding::hex:
                return digits_field(o, pos_ + o.at, "0123456789abcdef");
            case LengthEncoding::bcd:
                return bcd_field(o, pos_ + o.at);
            case LengthEncoding::ber:
                return ber_field(o, pos_ + o.at);
            case LengthEncoding::decimal:
                break;
        }
        return digits_field(o, pos_ + o.at, "0123456789");
    }

    // Returns true if the frame begins with the literal. Otherwise the stream ends.
    bool check_literal(ByteView literal) {
        const ByteView present = stream_.substr(pos_, literal.size());
        if (present != literal) {
            fail(literal.starts_with(present) ? FrameError::truncated : FrameError::bad_start);
        }
        return present == literal;
    }

    // All parts of a frame, one after the other.
    void continued_frame(const LengthOptions& o) {
        const std::size_t begin = pos_;
        const Wide all_bits = bits(o, o.continuation_bits);
        std::string payload;
        bool lost = false;
        for (std::size_t parts = 1;; ++parts) {
            const std::size_t head = pos_;
            const auto field = scaled_field(o);
            if (!field) {
                return;
            }
            Wide body = field->value + o.adjust;
            if (o.counts != LengthCounts::body) {
                body -= static_cast<Wide>(
                    field->end - (o.counts == LengthCounts::frame ? head : head + o.at)
                );
            }
            if (body < 0 || body > kMaxU64) {
                return fail(FrameError::bad_length);
            }
            const auto head_size = static_cast<Wide>(field->end - head);
            const Wide kept = o.keep_head ? static_cast<Wide>(head - begin) + head_size
                                          : static_cast<Wide>(payload.size());
            if (!lost &&
                (kept + body > static_cast<Wide>(framing_.max_frame_bytes) || parts > o.parts)) {
                if (!give_up(static_cast<Wide>(head - begin) + head_size + body)) {
                    return;
                }
                lost = true;
            } else if (lost) {
                if (head_size + body > budget_) {
                    return fail(FrameError::too_large);
                }
                budget_ -= head_size + body;
            }
            if (static_cast<Wide>(field->end) + body > static_cast<Wide>(stream_.size())) {
                return fail(FrameError::truncated);
            }
            const auto size = static_cast<std::size_t>(body);
            payload += stream_.substr(field->end, size);
            pos_ = field->end + size;
            if (is_last_part(o, stream_.substr(head + o.at, o.width), all_bits)) {
                break;
            }
        }
        if (!lost) {
            deliver(
                o.keep_head ? stream_.substr(begin, pos_ - begin) : ByteView(payload),
                payload.empty() && !o.keep_head
            );
        }
    }

    // Bit by bit.
    static bool is_last_part(const LengthOptions& o, ByteView field, Wide all_bits) {
        const Wide value = bits(o, std::string(field));
        const Wide mask = bits(o, o.mask);
        const Wide flags = bits(o, o.flags);
        bool all_set = true;
        bool full = true;
        for (std::size_t bit = 0; bit < 8U * o.width; ++bit) {
            const auto in = [bit](Wide number) { return (number / (Wide{1} << bit)) % 2 == 1; };
            all_set = all_set && (!in(all_bits) || in(value));
            const bool counts = o.mask.empty() ? !in(flags) : in(mask);
            full = full && (!counts || in(value));
        }
        switch (o.continuation) {
            case Continuation::last:
                return all_set;
            case Continuation::more:
                return !all_set;
            default:
                return !full;
        }
    }

    void length_frame(const LengthOptions& o) {
        if (o.continuation != Continuation::none) {
            return continued_frame(o);
        }
        if (!check_literal(o.head)) {
            return;
        }
        const auto field = read_field(o);
        if (!field) {
            return;
        }
        Wide body = field->value + o.adjust;
        if (o.counts != LengthCounts::body) {
            const std::size_t counted_from = o.counts == LengthCounts::frame ? pos_ : pos_ + o.at;
            body -= static_cast<Wide>(field->end - counted_from + o.trailer.size());
        }
        if (body < 0 || body > kMaxU64) {
            return fail(FrameError::bad_length);
        }
        const std::size_t payload_begin = o.keep_head ? pos_ : field->end;
        const Wide payload_size = body + static_cast<Wide>(field->end - payload_begin);
        const bool oversize =
            payload_size > static_cast<Wide>(framing_.max_frame_bytes) + longest_ending();
        if (oversize && !give_up(body)) {
            return;
        }
        const Wide end = static_cast<Wide>(field->end) + body +
                         static_cast<Wide>(padding_of(o, body) + o.trailer.size());
        if (end > static_cast<Wide>(stream_.size())) {
            return fail(FrameError::truncated);
        }
        pos_ = static_cast<std::size_t>(end);
        if (stream_.substr(pos_ - o.trailer.size(), o.trailer.size()) != o.trailer) {
            return fail(FrameError::bad_trailer);
        }
        if (oversize) {
            return;
        }
        const ByteView payload =
            trimmed(stream_.substr(payload_begin, static_cast<std::size_t>(payload_size)));
        if (payload.size() > framing_.max_frame_bytes) {
            give_up(body);
        } else {
            deliver(payload, payload.empty());
        }
    }

    void delimited_frame() {
        const DelimiterOptions& o = framing_.delimiter;
        while (pos_ < stream_.size() && o.skip.find(stream_[pos_]) != std::string::npos) {
            ++pos_;
        }
        if (pos_ == stream_.size() || !check_literal(o.start)) {
            return;
        }
        const std::size_t begin = pos_ + o.start.size();
        Enclosure around;
        for (std::size_t end = begin + 1; end <= stream_.size(); ++end) {
            const ByteView seen = stream_.substr(begin, end - begin);
            std::size_t longest = 0;
            for (const std::string& delimiter : o.ends) {
                if (seen.ends_with(delimiter) && around.is_outside()) {
                    longest = std::max(longest, delimiter.size());
                }
            }
            if (longest > 0 && end + o.after > stream_.size()) {
                return unterminated_rest(true);
            }
            if (longest > 0) {
                return delimited_frame_found(stream_.substr(begin, seen.size() + o.after), longest);
            }
            around.take(o, seen.back());
            if (around.depth() > framing_.nesting) {
                return too_deep(seen.size());
            }
        }
        unterminated_rest(!around.is_outside());
    }

    // `seen`: bytes up to the bracket. Beyond the limit that is what counts.
    void too_deep(std::size_t seen) {
        const DelimiterOptions& o = framing_.delimiter;
        const std::size_t content = framing_.max_frame_bytes - (o.keep ? o.start.size() : 0);
        const std::size_t window = std::max(content + (o.keep ? 0 : undecided()), undecided()) + 1;
        fail(seen <= window ? FrameError::too_deep : FrameError::too_large);
    }

    // Quotes and brackets around a place.
    class Enclosure {
    public:
        bool is_outside() const { return quote_ == '\0' && closing_.empty(); }

        std::size_t depth() const { return closing_.size(); }

        void take(const DelimiterOptions& o, char byte) {
            if (quote_ != '\0') {
                if (std::exchange(escaped_, false)) {
                    return;
                }
                escaped_ = o.escape == std::string(1, byte);
                quote_ = byte == quote_ ? '\0' : quote_;
                return;
            }
            if (o.quotes.find(byte) != std::string::npos) {
                quote_ = byte;
            }
            for (std::size_t i = 0; i < o.brackets.size(); i += 2) {
                if (byte == o.brackets[i]) {
                    closing_.push_back(o.brackets[i + 1]);
                }
            }
            if (!closing_.empty() && closing_.back() == byte) {
                closing_.pop_back();
            }
        }

    private:
        char quote_ = '\0';
        bool escaped_ = false;
        std::vector<char> closing_;
    };

    // These last bytes might still become a CR, a delimiter and the bytes behind it.
    std::size_t undecided() const {
        const DelimiterOptions& o = framing_.delimiter;
        std::size_t longest = 0;
        for (const std::string& delimiter : o.ends) {
            longest = std::max(longest, delimiter.size());
        }
        return longest - 1 + o.after + (o.optional_cr ? 1 : 0);
    }

    // `seen`: the bytes after the literal.
    void delimited_frame_found(ByteView seen, std::size_t delimiter) {
        const DelimiterOptions& o = framing_.delimiter;
        const ByteView whole = stream_.substr(pos_, o.start.size() + seen.size());
        pos_ += whole.size();
        ByteView content = seen.substr(0, seen.size() - delimiter - o.after);
        const std::size_t before_delimiter = content.size();
        if (o.optional_cr && content.ends_with('\r')) {
            content.remove_suffix(1);
        }
        const ByteView payload = o.keep ? whole : content;
        if (payload.size() > framing_.max_frame_bytes) {
            give_up(static_cast<Wide>(before_delimiter));
            return;
        }
        deliver(payload, content.empty());
    }

    // `inside`: of quotes, of brackets, or behind a delimiter.
    void unterminated_rest(bool inside) {
        const DelimiterOptions& o = framing_.delimiter;
        const ByteView rest = stream_.substr(pos_ + o.start.size());
        const ByteView payload = o.keep ? stream_.substr(pos_) : rest;
        const bool lost = !ends_in_count() &&
                          payload.size() > framing_.max_frame_bytes + (o.keep ? 0 : undecided());
        pos_ = stream_.size();
        if (lost && !give_up(static_cast<Wide>(rest.size() - undecided()))) {
            return;
        }
        if (o.at_eof == AtEof::error) {
            return fail(FrameError::truncated);
        }
        if (lost || rest.empty()) {
            return;
        }
        if (o.at_eof == AtEof::drop) {
            ++outcome_.lost;
        } else if (inside) {
            fail(FrameError::truncated);
        } else if (payload.size() > framing_.max_frame_bytes) {
            give_up(0);
        } else {
            budget_ = framing_.discard_budget;
            outcome_.frames.emplace_back(payload);
        }
    }

    void fixed_frame() {
        if (stream_.size() - pos_ < framing_.fixed_bytes) {
            return fail(FrameError::truncated);
        }
        outcome_.frames.emplace_back(stream_.substr(pos_, framing_.fixed_bytes));
        pos_ += framing_.fixed_bytes;
    }
};

}  // namespace

bool same_outcome(const DecodeOutcome& left, const DecodeOutcome& right) {
    return left.frames == right.frames && left.error == right.error &&
           (left.lost == right.lost || left.error == FrameError::too_large);
}

std::string to_string(const DecodeOutcome& outcome) {
    std::string text;
    for (const std::string& frame : outcome.frames) {
        text += '[';
        for (const char byte : frame) {
            text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
        }
        text += ']';
    }
    text += fmt::format(" lost {}", outcome.lost);
    if (outcome.error) {
        text += fmt::format(" error {}", name_of(*outcome.error));
    }
    return text;
}

namespace {

DecodeOutcome naive_first(const Framing& framing, ByteView stream) {
    DecodeOutcome outcome;
    const std::string& begins = framing.first.begins;
    for (std::uint32_t left = framing.first.frames; left > 0 && !stream.empty(); --left) {
        const ByteView present = stream.substr(0, begins.size());
        if (!ByteView(begins).starts_with(present)) {
            break;
        }
        NaiveDecoder decoder(framing.first.framing.front(), stream);
        DecodeOutcome one = decoder.run_one();
        outcome.frames.insert(outcome.frames.end(), one.frames.begin(), one.frames.end());
        outcome.error = present == begins ? one.error : FrameError::truncated;
        if (outcome.error) {
            return outcome;
        }
        stream.remove_prefix(decoder.position());
    }
    Framing others = framing;
    others.first = {};
    DecodeOutcome rest = naive_decode(others, stream);
    rest.frames.insert(rest.frames.begin(), outcome.frames.begin(), outcome.frames.end());
    return rest;
}

}  // namespace

DecodeOutcome naive_decode(const Framing& framing, ByteView stream) {
    if (!framing.first.framing.empty()) {
        return naive_first(framing, stream);
    }
    switch (framing.kind) {
        case FramingKind::stuffed:
            return naive_stuffed(framing, stream);
        case FramingKind::headers:
            return naive_headers(framing, stream);
        case FramingKind::value:
            return naive_values(framing, stream);
        default:
            break;
    }
    return NaiveDecoder(framing, stream).run();
}

}  // namespace telex::test
