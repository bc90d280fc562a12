#pragma once
// Rows that the tables of framing keys have in common.
#include "codec/framing.hpp"
#include "config/keys/key.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace telex::config {

inline std::string hex_bytes(const std::string& bytes) {
    std::string out = "\"hex:";
    for (const char byte : bytes) {
        out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    }
    return out + '"';
}

// A byte string as the reference shows it.
inline std::string quoted_bytes(const std::string& bytes) {
    std::string out;
    for (const char byte : bytes) {
        if (byte == '\n') {
            out += "\\n";
        } else if (byte >= ' ' && byte <= '~') {
            out += byte;
        } else {
            return hex_bytes(bytes);
        }
    }
    return out.empty() ? "" : fmt::format("\"{}\"", out);
}

template <class Access>
Key<codec::Framing> bytes_key(
    std::string_view path, Access access, std::string_view doc, BytesKind kind = {}
) {
    return value_key<codec::Framing>(
        path,
        kind,
        access,
        {doc, Reload::restart},
        [](const Node& node, const std::string& where, Reader& reader) {
            return reader.bytes(node, where);
        },
        quoted_bytes
    );
}

inline About at_restart(std::string_view doc) {
    return {doc, Reload::restart};
}

// The keys of `length`, and of `kind: stuffed`.
void add_length_framing_keys(Table<codec::Framing>& table);
void add_stuffed_framing_keys(Table<codec::Framing>& table);
// The keys of `delimiter` that limit where a delimiter ends a frame.
void add_delimiter_context_keys(Table<codec::Framing>& table);

}  // namespace telex::config
