#include "wire/json_message_writer.hpp"

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "wire/field_numbers.hpp"
#include "wire/json_string.hpp"
#include "wire/plain_text.hpp"
#include "wire/reader.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace telex::wire {
namespace {

// The fields of a message that routing does not need.
struct Labels {
    std::string_view id;
    std::string_view content_type;
    std::string_view type;
    bool has_terms = false;  // fields for streams, perhaps
};

// For streams.
struct Terms {
    std::uint64_t ttl_ms = 0;
    std::optional<std::uint64_t> expected_last_sequence;
    std::optional<std::uint64_t> expected_subject_sequence;
    std::uint64_t roll_up = 0;
};

bool read_optional(Reader& in, std::optional<std::uint64_t>& number) {
    return in.read_varint(number.emplace());
}

// Requires a body that scan_message accepts.
Terms terms_of(ByteView body) {
    Terms terms;
    Reader in(body);
    std::uint32_t tag = 0;
    bool good = true;
    while (good && !in.at_end() && in.read_tag(tag)) {
        switch (tag) {
            case tag_of(message_field::kTtlMs, WireType::varint):
                good = in.read_varint(terms.ttl_ms);
                break;
            case tag_of(message_field::kExpectedLastSequence, WireType::varint):
                good = read_optional(in, terms.expected_last_sequence);
                break;
            case tag_of(message_field::kExpectedSubjectSequence, WireType::varint):
                good = read_optional(in, terms.expected_subject_sequence);
                break;
            case tag_of(message_field::kRollUp, WireType::varint):
                good = in.read_varint(terms.roll_up);
                break;
            default:
                good = in.skip(tag, kMaxDepth);
        }
    }
    return terms;
}

bool is_term(std::uint32_t tag) {
    return tag >= tag_of(message_field::kTtlMs, WireType::varint) &&
           tag <= tag_of(message_field::kRollUp, WireType::varint);
}

// Requires a body that scan_message accepts.
Labels labels_of(ByteView body) {
    Labels labels;
    Reader in(body);
    std::uint32_t tag = 0;
    bool good = true;
    while (good && !in.at_end() && in.read_tag(tag)) {
        switch (tag) {
            case tag_of(message_field::kId, WireType::length):
                good = in.read_bytes(labels.id);
                break;
            case tag_of(message_field::kContentType, WireType::length):
                good = in.read_bytes(labels.content_type);
                break;
            case tag_of(message_field::kType, WireType::length):
                good = in.read_bytes(labels.type);
                break;
            default:
                labels.has_terms |= is_term(tag);
                good = in.skip(tag, kMaxDepth);
        }
    }
    return labels;
}

// An object's fields as they are written, in few pieces. Default values are left out, as in the
// library. A name is passed as it stands behind another field: `,"name":`, and with the quote that
// begins its value.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) {}

    void end() {
        if (is_empty_) {
            out_ += '{';
        }
        out_ += '}';
    }

    std::string& field(std::string_view name) {
        const std::size_t begin = out_.size();
        out_ += name;
        if (std::exchange(is_empty_, false)) {
            out_[begin] = '{';
        }
        return out_;
    }

    void string(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            append_json_text(field(name), value);
            out_ += '"';
        }
    }

    void base64(std::string_view name, ByteView value) {
        append_base64(field(name), value);
        out_ += '"';
    }

    // Many JSON readers cannot hold 64 bits in a number.
    void quoted_number(std::string_view name, std::uint64_t value) {
        if (value != 0) {
            quoted(name, value);
        }
    }

    // A field that is written although its value is 0.
    void quoted_number(std::string_view name, const std::optional<std::uint64_t>& value) {
        if (value) {
            quoted(name, *value);
        }
    }

    void number(std::string_view name, std::uint64_t value) {
        if (value != 0) {
            integer(name, value);
        }
    }

    template <class Integer>
    void integer(std::string_view name, Integer value) {
        constexpr std::size_t kRoomForDigits = 20;
        char digits[kRoomForDigits];
        const auto written = std::to_chars(digits, digits + kRoomForDigits, value);
        field(name).append(digits, static_cast<std::size_t>(written.ptr - digits));
    }

    void flag(std::string_view name, bool value) {
        if (value) {
            field(name) += "true";
        }
    }

    void quoted_integer(std::string_view name, std::int64_t value) {
        if (value != 0) {
            quoted(name, value);
        }
    }

private:
    template <class Integer>
    void quoted(std::string_view name, Integer value) {
        integer(name, value);
        out_ += '"';
    }

    std::string& out_;
    bool is_empty_ = true;
};

void append_headers(std::string& out, ByteView body) {
    char before = '[';
    for_each_header(body, [&](std::string_view name, std::string_view value) {
        out += before;
        before = ',';
        ObjectWriter object(out);
        object.string(R"(,"name":")", name);
        object.string(R"(,"value":")", value);
        object.end();
    });
    out += ']';
}

// As the library does: the name of a known value, else the number.
void append_roll_up(ObjectWriter& object, std::uint64_t value) {
    const auto number = static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
    switch (number) {
        case 0:
            return;
        case 1:
            return object.string(R"(,"rollUp":")", "ROLL_UP_SUBJECT");
        case 2:
            return object.string(R"(,"rollUp":")", "ROLL_UP_ALL");
        default:
            return object.integer(R"(,"rollUp":)", number);
    }
}

[[gnu::noinline]] void append_terms(ObjectWriter& object, const Terms& terms) {
    object.quoted_number(R"(,"ttlMs":")", terms.ttl_ms);
    object.quoted_number(R"(,"expectedLastSequence":")", terms.expected_last_sequence);
    object.quoted_number(R"(,"expectedSubjectSequence":")", terms.expected_subject_sequence);
    append_roll_up(object, terms.roll_up);
}

void append_body(std::string& out, const MessageView& message) {
    const Labels labels = labels_of(message.body);
    const bool is_text = is_plain_text(message.payload);
    ObjectWriter object(out);
    object.string(R"(,"subject":")", message.subject);
    if (!is_text) {
        object.base64(R"(,"payload":")", message.payload);
    }
    object.string(R"(,"reply":")", message.reply);
    if (message.header_count > 0) {
        append_headers(object.field(R"(,"headers":)"), message.body);
    }
    object.string(R"(,"id":")", labels.id);
    object.string(R"(,"contentType":")", labels.content_type);
    object.string(R"(,"type":")", labels.type);
    if (labels.has_terms) [[unlikely]] {
        append_terms(object, terms_of(message.body));
    }
    if (!message.header_block.empty()) {
        object.base64(R"(,"headerBlock":")", message.header_block);
    }
    if (is_text) {
        object.string(R"(,"text":")", message.payload);
    }
    object.end();
}

void append_position(std::string& out, const Position& position) {
    ObjectWriter object(out);
    object.quoted_number(R"(,"sequence":")", position.sequence);
    object.quoted_integer(R"(,"unixNanoseconds":")", position.unix_nanoseconds);
    object.number(R"(,"attempt":)", position.attempt);
    object.flag(R"(,"redelivered":)", position.redelivered);
    object.end();
}

}  // namespace

bool append_message_json(std::string& out, const FrameView& frame) {
    const auto message = scan_message(frame.message.body);
    if (!message || !is_utf8(frame.reply_to)) {
        return false;
    }
    ObjectWriter object(out);
    object.quoted_number(R"(,"subscription":")", frame.subscription);
    append_body(object.field(R"(,"message":)"), *message);
    object.quoted_number(R"(,"request":")", frame.request);
    object.number(R"(,"timeoutMs":)", frame.timeout_ms);
    object.string(R"(,"replyTo":")", frame.reply_to);
    if (frame.has_position) {
        append_position(object.field(R"(,"position":)"), frame.position);
    }
    object.end();
    return true;
}

}  // namespace telex::wire
