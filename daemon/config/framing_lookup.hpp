#pragma once
// Framings without the rest of a configuration, for tools: one that is written as in a file, and
// that of a listener in a file. Reads no secrets, users or accounts.
#include "base/result.hpp"
#include "codec/framing.hpp"
#include "config/parse/environment.hpp"

#include <string>
#include <string_view>

namespace telex::config {

// `text` is a preset, or a mapping in braces. The error is one line.
[[nodiscard]] Result<codec::Framing, std::string> framing_of_text(std::string_view text);

// The framing of the listener with this name, with the listener's limit. The error may have
// several lines.
[[nodiscard]] Result<codec::Framing, std::string> framing_of_listener(
    const std::string& path, std::string_view listener, const Environment& environment
);

}  // namespace telex::config
