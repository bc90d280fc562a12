#pragma once
// The knobs of one framing, and how a mapping of them becomes a codec::Framing.
#include "codec/framing.hpp"
#include "config/keys/key.hpp"

#include <optional>
#include <string>

namespace telex::config {

const Table<codec::Framing>& framing_keys();

// What the knobs of a mapping with `kind` start from: four length bytes, big-endian.
codec::Framing custom_framing();

// A mapping has `preset` (and changes it) or `kind`. Nothing after an error was reported; what is
// returned is possible (codec::validate).
std::optional<codec::Framing> read_framing(
    const Node& node, const std::string& path, Reader& reader
);

// parse_preset with a suggestion; `more` are further names that are known at this place.
[[nodiscard]] Result<codec::Framing, std::string> named_preset(
    std::string_view name, std::span<const std::string_view> more = {}
);

}  // namespace telex::config
