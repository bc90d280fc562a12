#pragma once
// Rows that the tables of framing keys have in common.
#include "codec/framing.hpp"
#include "config/keys/key.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace telex::config {

// A byte string as the reference shows it.
inline std::string quoted_bytes(const std::string& bytes) {
    std::string out;
    for (const char byte : bytes) {
        out += byte == '\n' ? "\\n" : std::string(1, byte);
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

// The keys of `length`.
void add_length_framing_keys(Table<codec::Framing>& table);

}  // namespace telex::config
