#include "support/naive_decoder.hpp"

#include "support/naive_headers.hpp"
#include "support/naive_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace telex::test {

namespace {

using namespace codec;

// Wide enough that no sum below needs a check.
__extension__ using Wide = __int128;
constexpr Wide kMaxU64 = (Wide{1} << 64) - 1;

class NaiveDecoder {
public:
    NaiveDecoder(const Framing& framing, ByteView stream)
        : framing_(framing), stream_(stream), budget_(framing.discard_budget) {}

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
    void fail(FrameError error) {
        outcome_.error = error;
        done_ = true;
    }

    void one_frame() {
        switch (framing_.kind) {
            case FramingKind::length:
                return length_frame(framing_.length);
            case FramingKind::delimiter:
                return delimited_frame();
            case FramingKind::fixed:
                return fixed_frame();
            case FramingKind::stuffed:
                return stuffed_frame();
            case FramingKind::syslog:
                return syslog_frame();
            case FramingKind::headers:  // naive_headers.hpp
            case FramingKind::value:    // naive_values.hpp
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

    void deliver(ByteView payload, bool empty) {
        if (empty && framing_.empty == EmptyFrames::error) {
            return fail(FrameError::empty_frame);
        }
        if (empty && framing_.empty == EmptyFrames::ignore) {
            return;
        }
        budget_ = framing_.discard_budget;
        outcome_.frames.emplace_back(payload);
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

    // A frame over the limit. Returns false if the stream ends.
    bool give_up(Wide spent) {
        if (framing_.oversize == Oversize::close || spent > budget_) {
            fail(FrameError::too_large);
            return false;
        }
        budget_ -= spent;
        ++outcome_.lost;
        return true;
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
            const bool in_mask = o.mask.empty() ? (bits(o, o.flags) / weight) % 2 == 0
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

    void length_frame(const LengthOptions& o) {
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
        if (!check_literal(o.start)) {
            return;
        }
        const std::size_t begin = pos_ + o.start.size();
        for (std::size_t end = begin + 1; end <= stream_.size(); ++end) {
            const ByteView seen = stream_.substr(begin, end - begin);
            std::size_t longest = 0;
            for (const std::string& delimiter : o.ends) {
                if (seen.ends_with(delimiter)) {
                    longest = std::max(longest, delimiter.size());
                }
            }
            if (longest > 0) {
                return delimited_frame_found(seen, longest);
            }
        }
        unterminated_rest();
    }

    // `seen`: the bytes after the literal.
    void delimited_frame_found(ByteView seen, std::size_t delimiter) {
        const DelimiterOptions& o = framing_.delimiter;
        const ByteView whole = stream_.substr(pos_, o.start.size() + seen.size());
        pos_ += whole.size();
        ByteView content = seen.substr(0, seen.size() - delimiter);
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

    void unterminated_rest() {
        const DelimiterOptions& o = framing_.delimiter;
        std::size_t longest = 0;
        for (const std::string& delimiter : o.ends) {
            longest = std::max(longest, delimiter.size());
        }
        // These last bytes might still have become a CR and a delimiter.
        const std::size_t undecided = longest - 1 + (o.optional_cr ? 1 : 0);
        const ByteView rest = stream_.substr(pos_ + o.start.size());
        const ByteView payload = o.keep ? stream_.substr(pos_) : rest;
        const bool lost = !ends_in_count() &&
                          payload.size() > framing_.max_frame_bytes + (o.keep ? 0 : undecided);
        pos_ = stream_.size();
        if (lost && !give_up(static_cast<Wide>(rest.size() - undecided))) {
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

    std::size_t max_notation() const {
        const std::size_t max =
            framing_.max_frame_bytes + (framing_.checksum == Checksum::fcs16 ? 2 : 0);
        return framing_.stuffing == Stuffing::cobs ? max + max / 254 + 1 : 2 * max;
    }

    char end_byte() const {
        switch (framing_.stuffing) {
            case Stuffing::cobs:
                return '\0';
            case Stuffing::slip:
                return '\xC0';
            case Stuffing::hdlc:
                break;
        }
        return '~';
    }

    void stuffed_frame() {
        const std::size_t end = stream_.find(end_byte(), pos_);
        const ByteView stuffed = stream_.substr(pos_, end - pos_);
        const bool too_long = stuffed.size() > max_notation();
        if (too_long && !give_up(static_cast<Wide>(stuffed.size()))) {
            return;
        }
        if (end == ByteView::npos) {
            return fail(FrameError::truncated);
        }
        pos_ = end + 1;
        if (too_long || stuffed.empty()) {
            return;
        }
        auto payload = unstuffed(stuffed);
        if (!payload) {
            return damaged(FrameError::bad_escape, stuffed.size());
        }
        if (framing_.checksum == Checksum::fcs16 && !take_fcs(*payload)) {
            return damaged(FrameError::bad_checksum, stuffed.size());
        }
        if (payload->size() > framing_.max_frame_bytes) {
            give_up(static_cast<Wide>(stuffed.size()));
            return;
        }
        deliver(*payload, payload->empty());
    }

    void damaged(FrameError error, std::size_t stuffed) {
        if (framing_.damaged == Damaged::close || static_cast<Wide>(stuffed) > budget_) {
            return fail(error);
        }
        budget_ -= static_cast<Wide>(stuffed);
        ++outcome_.lost;
    }

    std::optional<std::string> unstuffed(ByteView stuffed) const {
        switch (framing_.stuffing) {
            case Stuffing::cobs:
                return uncobs(stuffed);
            case Stuffing::slip:
                return unslip(stuffed);
            case Stuffing::hdlc:
                break;
        }
        std::string payload;
        bool escaped = false;
        for (const char byte : stuffed) {
            if (byte == '}' && !escaped) {
                escaped = true;
                continue;
            }
            payload.push_back(escaped ? static_cast<char>(byte ^ ' ') : byte);
            escaped = false;
        }
        return escaped ? std::nullopt : std::optional(payload);
    }

    // Bit by bit, as the register of RFC 1662: content and sequence together leave F0B8.
    static bool take_fcs(std::string& content) {
        unsigned remainder = 0xFFFF;
        for (const char byte : content) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                const unsigned in = (static_cast<unsigned char>(byte) >> bit) & 1U;
                const unsigned out = remainder & 1U;
                remainder >>= 1U;
                remainder ^= in == out ? 0 : 0x8408U;
            }
        }
        if (content.size() < 2 || remainder != 0xF0B8) {
            return false;
        }
        content.resize(content.size() - 2);
        return true;
    }

    // Byte by byte: a countdown to the next code byte.
    static std::optional<std::string> uncobs(ByteView stuffed) {
        std::string payload;
        unsigned left = 0;
        bool zero_owed = false;
        for (const char byte : stuffed) {
            if (left == 0) {
                if (zero_owed) {
                    payload.push_back('\0');
                }
                left = static_cast<unsigned char>(byte);
                zero_owed = left != 255;
            } else {
                payload.push_back(byte);
            }
            --left;
        }
        return left == 0 ? std::optional(payload) : std::nullopt;
    }

    static std::optional<std::string> unslip(ByteView stuffed) {
        std::string payload;
        bool escaped = false;
        for (const char byte : stuffed) {
            if (escaped && byte != '\xDC' && byte != '\xDD') {
                return std::nullopt;
            }
            if (escaped) {
                payload.push_back(byte == '\xDC' ? '\xC0' : '\xDB');
                escaped = false;
            } else if (byte == '\xDB') {
                escaped = true;
            } else {
                payload.push_back(byte);
            }
        }
        return escaped ? std::nullopt : std::optional(payload);
    }

    const Framing& framing_;
    ByteView stream_;
    Wide budget_;
    std::size_t pos_ = 0;
    bool done_ = false;
    DecodeOutcome outcome_;
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
