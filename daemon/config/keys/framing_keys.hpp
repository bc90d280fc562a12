#pragma once
// The keys of a framing, and the reader that turns a mapping of them into a codec::Framing.
#include "codec/framing.hpp"
#include "config/keys/key.hpp"

#include <optional>
#include <string>

namespace telex::config {

const Table<codec::Framing>& framing_keys();

// The defaults of a mapping with `kind`: a length of four bytes, big-endian.
codec::Framing custom_framing();

// A mapping has either `preset`, which it changes, or `kind`. Returns nothing after it reported an
// error; otherwise a framing that codec::validate accepts.
std::optional<codec::Framing> read_framing(
    const Node& node, const std::string& path, Reader& reader
);

// As parse_preset, with a suggestion in the error; `more` are further names to suggest.
[[nodiscard]] Result<codec::Framing, std::string> named_preset(
    std::string_view name, std::span<const std::string_view> more = {}
);

}  // namespace telex::config
