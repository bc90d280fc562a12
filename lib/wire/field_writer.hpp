#pragma once
// Writes protobuf fields. As in proto3, zero numbers and empty strings are left out where noted.
#include "base/bytes.hpp"
#include "wire/tag.hpp"
#include "wire/varint.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::wire {

inline void append_varint(std::string& out, std::uint64_t value) {
    char bytes[kMaxVarintBytes];
    out.append(bytes, write_varint(bytes, value));
}

inline std::size_t write_tag(char* out, std::uint32_t field, WireType type) {
    return write_varint(out, tag_of(field, type));
}

// Writes a number unless it is zero; returns the end.
inline char* write_number(char* out, std::uint32_t field, std::uint64_t value) {
    if (value == 0) {
        return out;
    }
    out += write_tag(out, field, WireType::varint);
    return out + write_varint(out, value);
}

// Appends a number unless it is zero.
inline void append_number(std::string& out, std::uint32_t field, std::uint64_t value) {
    char bytes[2 * kMaxVarintBytes];
    const char* const end = write_number(bytes, field, value);
    out.append(bytes, static_cast<std::size_t>(end - bytes));
}

// Appends a number, also if it is zero.
inline void append_present_number(std::string& out, std::uint32_t field, std::uint64_t value) {
    append_varint(out, tag_of(field, WireType::varint));
    append_varint(out, value);
}

// Writes tag and length of a length-delimited field; returns the end.
inline char* write_length_head(char* out, std::uint32_t field, std::size_t size) {
    out += write_tag(out, field, WireType::length);
    return out + write_varint(out, size);
}

inline void append_length_head(std::string& out, std::uint32_t field, std::size_t size) {
    char bytes[2 * kMaxVarintBytes];
    const char* const end = write_length_head(bytes, field, size);
    out.append(bytes, static_cast<std::size_t>(end - bytes));
}

// Appends a length-delimited field, empty or not.
inline void append_bytes(std::string& out, std::uint32_t field, ByteView bytes) {
    append_length_head(out, field, bytes.size());
    out += bytes;
}

// Appends a string unless it is empty.
inline void append_text(std::string& out, std::uint32_t field, std::string_view text) {
    if (!text.empty()) {
        append_bytes(out, field, text);
    }
}

// Size of a length-delimited field of `bytes` bytes.
constexpr std::size_t length_field_size(std::uint32_t field, std::size_t bytes) {
    return varint_size(tag_of(field, WireType::length)) + varint_size(bytes) + bytes;
}

// Bytes that append_text adds.
constexpr std::size_t text_field_size(std::uint32_t field, std::string_view text) {
    return text.empty() ? 0 : length_field_size(field, text.size());
}

// Size of a number that is written, also if it is zero.
constexpr std::size_t number_field_size(std::uint32_t field, std::uint64_t value) {
    return varint_size(tag_of(field, WireType::varint)) + varint_size(value);
}

}  // namespace telex::wire
