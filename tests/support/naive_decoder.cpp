#include "support/naive_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>

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

    std::optional<Field> decimal_field(const LengthOptions& o, std::size_t begin) {
        std::size_t end = begin;
        while (digit_at(end)) {
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
        return Field{.value = std::stoull(digits), .end = end + o.terminator.size()};
    }

    std::optional<Field> read_field(const LengthOptions& o) {
        switch (o.encoding) {
            case LengthEncoding::binary:
                return binary_field(o, pos_ + o.at);
            case LengthEncoding::leb128:
                return leb128_field(o, pos_ + o.at);
            case LengthEncoding::decimal:
                break;
        }
        return decimal_field(o, pos_ + o.at);
    }

    void length_frame(const LengthOptions& o) {
        const auto field = read_field(o);
        if (!field) {
            return;
        }
        Wide body = field->value + o.adjust;
        if (o.counts != LengthCounts::body) {
            body -= o.width + static_cast<Wide>(o.trailer.size());
        }
        if (o.counts == LengthCounts::frame) {
            body -= o.at;
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
        const Wide end = static_cast<Wide>(field->end) + body + static_cast<Wide>(o.trailer.size());
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
        for (std::size_t end = pos_ + 1; end <= stream_.size(); ++end) {
            const ByteView seen = stream_.substr(pos_, end - pos_);
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

    void delimited_frame_found(ByteView seen, std::size_t delimiter) {
        const DelimiterOptions& o = framing_.delimiter;
        pos_ += seen.size();
        ByteView content = seen.substr(0, seen.size() - delimiter);
        const std::size_t before_delimiter = content.size();
        if (o.optional_cr && content.ends_with('\r')) {
            content.remove_suffix(1);
        }
        const ByteView payload = o.keep ? seen : content;
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
        const ByteView rest = stream_.substr(pos_);
        const bool lost =
            !ends_in_count() && rest.size() > framing_.max_frame_bytes + (o.keep ? 0 : undecided);
        pos_ = stream_.size();
        if (lost && !give_up(static_cast<Wide>(rest.size() - undecided))) {
            return;
        }
        if (o.at_eof == AtEof::error) {
            return fail(FrameError::truncated);
        }
        if (lost) {
            return;
        }
        if (o.at_eof == AtEof::drop) {
            ++outcome_.lost;
        } else if (rest.size() > framing_.max_frame_bytes) {
            give_up(0);
        } else {
            budget_ = framing_.discard_budget;
            outcome_.frames.emplace_back(rest);
        }
    }

    void fixed_frame() {
        if (stream_.size() - pos_ < framing_.fixed_bytes) {
            return fail(FrameError::truncated);
        }
        outcome_.frames.emplace_back(stream_.substr(pos_, framing_.fixed_bytes));
        pos_ += framing_.fixed_bytes;
    }

    void stuffed_frame() {
        const bool cobs = framing_.stuffing == Stuffing::cobs;
        const char end_byte = cobs ? '\0' : '\xC0';
        const std::size_t max = framing_.max_frame_bytes;
        const std::size_t max_notation = cobs ? max + max / 254 + 1 : 2 * max;
        const std::size_t end = stream_.find(end_byte, pos_);
        const ByteView stuffed = stream_.substr(pos_, end - pos_);
        const bool too_long = stuffed.size() > max_notation;
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
        const auto payload = cobs ? uncobs(stuffed) : unslip(stuffed);
        if (!payload) {
            return fail(FrameError::bad_escape);
        }
        if (payload->size() > max) {
            give_up(static_cast<Wide>(stuffed.size()));
            return;
        }
        deliver(*payload, payload->empty());
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

DecodeOutcome naive_decode(const Framing& framing, ByteView stream) {
    return NaiveDecoder(framing, stream).run();
}

}  // namespace telex::test
