#include "wire/json_message_reader.hpp"

#include "base/base64.hpp"
#include "base/scratch_text.hpp"
#include "base/utf8.hpp"
#include "wire/json_string.hpp"
#include "wire/writer.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace telex::wire {
namespace {

// So that they need no memory; the limits of json.hpp are far away.
constexpr std::size_t kMostUsualHeaders = 16;

// The names of v1::RollUp.
constexpr std::array<std::string_view, 3> kRollUps = {
    "ROLL_UP_NONE", "ROLL_UP_SUBJECT", "ROLL_UP_ALL"
};

// The bytes of a string between its quotes.
struct RawString {
    std::string_view bytes;
    bool has_escapes = false;
};

// Takes tokens from a line. Each call skips white space first, and returns false if something else
// follows. Uses pointers: most tokens are one byte.
class JsonCursor {
public:
    explicit JsonCursor(std::string_view line)
        : at_(line.data()), end_(line.data() + line.size()) {}

    [[nodiscard]] bool take(char byte) {
        if (at_ == end_ || *at_ != byte) {
            skip_space();
            if (at_ == end_ || *at_ != byte) {
                return false;
            }
        }
        ++at_;
        return true;
    }

    [[nodiscard]] bool take_end() {
        skip_space();
        return at_ == end_;
    }

    [[nodiscard]] bool take_string(RawString& string) {
        if (!take('"')) {
            return false;
        }
        string.has_escapes = false;
        for (const char* at = at_;; at += 2) {
            at = find_control_or<'"', '\\'>(at, end_);
            if (end_ - at < 2) {  // even a closing quote is not the end of a line
                return false;
            }
            if (*at == '"') {
                string.bytes = {at_, static_cast<std::size_t>(at - at_)};
                at_ = at + 1;
                return true;
            }
            if (*at != '\\') {
                return false;
            }
            string.has_escapes = true;  // the escaped character does not end the string
        }
    }

    // Takes digits, with or without quotes.
    template <class Number>
    [[nodiscard]] bool take_number(Number& number) {
        const bool quoted = take('"');
        const auto read = std::from_chars(at_, end_, number);
        if (read.ec != std::errc{} || (*at_ == '0' && read.ptr - at_ > 1)) {
            return false;
        }
        at_ = read.ptr;
        return !quoted || take_closing_quote();
    }

    [[nodiscard]] bool take_bool(bool& value) {
        skip_space();
        const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
        value = rest.starts_with(kTrue);
        if (!value && !rest.starts_with(kFalse)) {
            return false;
        }
        at_ += (value ? kTrue : kFalse).size();
        return true;
    }

private:
    static constexpr std::string_view kTrue = "true";
    static constexpr std::string_view kFalse = "false";

    bool take_closing_quote() {
        const bool closed = at_ != end_ && *at_ == '"';
        at_ += closed ? 1 : 0;
        return closed;
    }

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) {
            ++at_;
        }
    }

    const char* at_;
    const char* end_;
};

// Takes an object; `take_member(name)` takes a value.
template <class TakeMember>
bool take_object(JsonCursor& in, TakeMember&& take_member) {
    if (!in.take('{')) {
        return false;
    }
    if (in.take('}')) {
        return true;
    }
    do {
        RawString name;  // an escape makes it unknown
        if (!in.take_string(name) || !in.take(':') || !take_member(name.bytes)) {
            return false;
        }
    } while (in.take(','));
    return in.take('}');
}

// The fields of a line that have been read.
class FieldSet {
public:
    enum Field : std::uint32_t {
        message = 1U << 0U,
        request = 1U << 1U,
        timeout_ms = 1U << 2U,
        subject = 1U << 3U,
        payload = 1U << 4U,  // or text
        reply = 1U << 5U,
        headers = 1U << 6U,
        id = 1U << 7U,
        content_type = 1U << 8U,
        type = 1U << 9U,
        header_block = 1U << 10U,
        ttl_ms = 1U << 11U,
        expected_last_sequence = 1U << 12U,
        expected_subject_sequence = 1U << 13U,
        roll_up = 1U << 14U,
        durable = 1U << 15U,
    };

    // Returns false if it is there.
    bool add(Field field) {
        const bool is_new = (seen_ & field) == 0;
        seen_ |= field;
        return is_new;
    }

    bool has(Field field) const { return (seen_ & field) != 0; }

private:
    std::uint32_t seen_ = 0;
};

class UsualLine {
public:
    explicit UsualLine(std::string_view line) : size_(line.size()), in_(line) {}

    [[nodiscard]] bool read() {
        return take_object(in_, [this](std::string_view name) { return take_of_frame(name); }) &&
               in_.take_end() && fields_.has(FieldSet::message);
    }

    void append_to(std::string& out) const {
        MessageParts parts = parts_;
        parts.headers = std::span(headers_).first(header_count_);
        if (terms_) [[unlikely]] {
            parts.stream_terms = &*terms_;
        }
        char head[kMaxPublishHead];
        out.append(
            head, write_publish_head(head, message_size(parts), request_, timeout_ms_, durable_)
        );
        append_message(out, parts);
    }

private:
    bool take_of_frame(std::string_view name) {
        if (name == "message") {
            return fields_.add(FieldSet::message) &&
                   take_object(in_, [this](std::string_view of_message) {
                       return take_of_message(of_message);
                   });
        }
        if (name == "request") {
            return fields_.add(FieldSet::request) && in_.take_number(request_);
        }
        if (name == "timeoutMs" || name == "timeout_ms") {
            return fields_.add(FieldSet::timeout_ms) && in_.take_number(timeout_ms_);
        }
        if (name == "durable") {
            return fields_.add(FieldSet::durable) && in_.take_bool(durable_);
        }
        return false;
    }

    bool take_of_message(std::string_view name) {
        if (name == "subject") {
            return fields_.add(FieldSet::subject) && take_text(parts_.subject);
        }
        if (name == "text") {
            return fields_.add(FieldSet::payload) && take_text(parts_.payload);
        }
        if (name == "payload") {
            return fields_.add(FieldSet::payload) && take_base64(parts_.payload);
        }
        if (name == "reply") {
            return fields_.add(FieldSet::reply) && take_text(parts_.reply);
        }
        if (name == "headers") {
            return fields_.add(FieldSet::headers) && take_headers();
        }
        if (name == "id") {
            return fields_.add(FieldSet::id) && take_text(parts_.id);
        }
        if (name == "contentType" || name == "content_type") {
            return fields_.add(FieldSet::content_type) && take_text(parts_.content_type);
        }
        if (name == "type") {
            return fields_.add(FieldSet::type) && take_text(parts_.type);
        }
        if (name == "headerBlock" || name == "header_block") {
            return fields_.add(FieldSet::header_block) && take_base64(parts_.header_block);
        }
        return take_of_terms(name);
    }

    // Of streams.
    [[gnu::noinline]] bool take_of_terms(std::string_view name) {
        StreamTerms& terms = terms_ ? *terms_ : terms_.emplace();
        if (name == "ttlMs" || name == "ttl_ms") {
            return fields_.add(FieldSet::ttl_ms) && in_.take_number(terms.ttl_ms);
        }
        if (name == "expectedLastSequence" || name == "expected_last_sequence") {
            return fields_.add(FieldSet::expected_last_sequence) &&
                   in_.take_number(terms.expected_last_sequence.emplace());
        }
        if (name == "expectedSubjectSequence" || name == "expected_subject_sequence") {
            return fields_.add(FieldSet::expected_subject_sequence) &&
                   in_.take_number(terms.expected_subject_sequence.emplace());
        }
        if (name == "rollUp" || name == "roll_up") {
            return fields_.add(FieldSet::roll_up) && take_roll_up(terms.roll_up);
        }
        return false;
    }

    // By its name.
    bool take_roll_up(std::uint32_t& roll_up) {
        RawString string;
        if (!in_.take_string(string)) {
            return false;
        }
        for (std::uint32_t value = 0; value < kRollUps.size(); ++value) {
            if (string.bytes == kRollUps[value]) {
                roll_up = value;
                return true;
            }
        }
        return false;
    }

    bool take_headers() {
        if (!in_.take('[')) {
            return false;
        }
        if (in_.take(']')) {
            return true;
        }
        do {
            if (header_count_ == headers_.size() || !take_header(headers_[header_count_])) {
                return false;
            }
            ++header_count_;
        } while (in_.take(','));
        return in_.take(']');
    }

    bool take_header(HeaderView& header) {
        header = {};
        bool has_name = false;
        bool has_value = false;
        return take_object(in_, [&](std::string_view name) {
            if (name == "name") {
                return !std::exchange(has_name, true) && take_text(header.name);
            }
            return name == "value" && !std::exchange(has_value, true) && take_text(header.value);
        });
    }

    bool take_text(std::string_view& text) {
        RawString string;
        if (!in_.take_string(string) || !is_utf8(string.bytes)) {
            return false;
        }
        text = string.bytes;
        return !string.has_escapes || decode(decode_json_text, text);
    }

    bool take_base64(ByteView& payload) {
        RawString string;
        if (!in_.take_string(string)) {
            return false;
        }
        payload = string.bytes;
        return decode(decode_base64, payload);
    }

    // Replaces a part of the line by what it stands for, which is not longer.
    template <class Decode>
    bool decode(Decode&& decode_part, std::string_view& part) {
        if (!decoded_) {
            decoded_.emplace().text().resize(size_);  // never again: views point into it
        }
        char* const begin = decoded_->text().data() + decoded_size_;
        const char* const end = decode_part(part, begin);
        if (end == nullptr) {
            return false;
        }
        part = {begin, static_cast<std::size_t>(end - begin)};
        decoded_size_ += part.size();
        return true;
    }

    std::size_t size_;
    JsonCursor in_;
    FieldSet fields_;
    std::uint64_t request_ = 0;
    std::uint32_t timeout_ms_ = 0;
    bool durable_ = false;
    MessageParts parts_;
    std::optional<StreamTerms> terms_;
    std::array<HeaderView, kMostUsualHeaders> headers_;
    std::size_t header_count_ = 0;
    std::optional<ScratchText> decoded_;
    std::size_t decoded_size_ = 0;
};

}  // namespace

bool read_usual_json(std::string_view line, std::string& out) {
    UsualLine usual(line);
    if (!usual.read()) {
        return false;
    }
    usual.append_to(out);
    return true;
}

}  // namespace telex::wire
