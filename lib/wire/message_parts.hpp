#pragma once
// Encodes a Message from its parts: byte for byte like the generated serializer. A template, so
// that daemon (views) and libtelex (strings) pass their headers without a copy.
#include "base/bytes.hpp"
#include "wire/field_numbers.hpp"
#include "wire/field_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace telex::wire {

// The fields of a Message for the stream that stores it (telex.proto).
struct StreamTerms {
    std::uint64_t ttl_ms = 0;
    std::optional<std::uint64_t> expected_last_sequence;
    std::optional<std::uint64_t> expected_subject_sequence;
    std::uint32_t roll_up = 0;  // v1::RollUp
};

// All fields of a Message, as views. Strings must be UTF-8. HeaderType has the members `name` and
// `value`.
template <class HeaderType>
struct BasicMessageParts {
    std::string_view subject;
    ByteView payload;
    std::string_view reply;
    std::span<const HeaderType> headers;
    std::string_view id;
    std::string_view content_type;
    std::string_view type;
    ByteView header_block{};
    const StreamTerms* stream_terms = nullptr;  // null: they have their defaults
};

namespace detail {

template <class HeaderType>
std::size_t header_size(const HeaderType& header) {
    return text_field_size(header_field::kName, header.name) +
           text_field_size(header_field::kValue, header.value);
}

inline std::size_t size_of_terms(const StreamTerms& terms) {
    std::size_t size = 0;
    if (terms.ttl_ms != 0) {
        size += number_field_size(message_field::kTtlMs, terms.ttl_ms);
    }
    if (const auto& sequence = terms.expected_last_sequence) {
        size += number_field_size(message_field::kExpectedLastSequence, *sequence);
    }
    if (const auto& sequence = terms.expected_subject_sequence) {
        size += number_field_size(message_field::kExpectedSubjectSequence, *sequence);
    }
    if (terms.roll_up != 0) {
        size += number_field_size(message_field::kRollUp, terms.roll_up);
    }
    return size;
}

inline void append_terms(std::string& out, const StreamTerms& terms) {
    append_number(out, message_field::kTtlMs, terms.ttl_ms);
    if (const auto& sequence = terms.expected_last_sequence) {
        append_present_number(out, message_field::kExpectedLastSequence, *sequence);
    }
    if (const auto& sequence = terms.expected_subject_sequence) {
        append_present_number(out, message_field::kExpectedSubjectSequence, *sequence);
    }
    append_number(out, message_field::kRollUp, terms.roll_up);
}

}  // namespace detail

// Bytes that append_parts adds.
template <class HeaderType>
std::size_t size_of_parts(const BasicMessageParts<HeaderType>& parts) {
    std::size_t size = text_field_size(message_field::kSubject, parts.subject) +
                       text_field_size(message_field::kPayload, parts.payload) +
                       text_field_size(message_field::kReply, parts.reply) +
                       text_field_size(message_field::kId, parts.id) +
                       text_field_size(message_field::kContentType, parts.content_type) +
                       text_field_size(message_field::kType, parts.type) +
                       text_field_size(message_field::kHeaderBlock, parts.header_block);
    if (parts.stream_terms != nullptr) [[unlikely]] {
        size += detail::size_of_terms(*parts.stream_terms);
    }
    for (const HeaderType& header : parts.headers) {
        size += length_field_size(message_field::kHeaders, detail::header_size(header));
    }
    return size;
}

template <class HeaderType>
void append_parts(std::string& out, const BasicMessageParts<HeaderType>& parts) {
    append_text(out, message_field::kSubject, parts.subject);
    append_text(out, message_field::kPayload, parts.payload);
    append_text(out, message_field::kReply, parts.reply);
    for (const HeaderType& header : parts.headers) {
        append_length_head(out, message_field::kHeaders, detail::header_size(header));
        append_text(out, header_field::kName, header.name);
        append_text(out, header_field::kValue, header.value);
    }
    append_text(out, message_field::kId, parts.id);
    append_text(out, message_field::kContentType, parts.content_type);
    append_text(out, message_field::kType, parts.type);
    if (parts.stream_terms != nullptr) [[unlikely]] {
        detail::append_terms(out, *parts.stream_terms);
    }
    append_text(out, message_field::kHeaderBlock, parts.header_block);
}

}  // namespace telex::wire
