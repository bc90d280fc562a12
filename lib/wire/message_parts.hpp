#pragma once
// Encodes a Message from its parts: byte for byte like the generated serializer. A template, so
// that daemon (views) and libtelex (strings) pass their headers without a copy.
#include "base/bytes.hpp"
#include "wire/field_numbers.hpp"
#include "wire/field_writer.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace telex::wire {

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
};

namespace detail {

template <class HeaderType>
std::size_t header_size(const HeaderType& header) {
    return text_field_size(header_field::kName, header.name) +
           text_field_size(header_field::kValue, header.value);
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
    append_text(out, message_field::kHeaderBlock, parts.header_block);
}

}  // namespace telex::wire
