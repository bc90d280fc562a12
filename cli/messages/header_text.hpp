#pragma once
// Parses headers: "Name: value".
#include "base/result.hpp"
#include <telex/message.hpp>

#include <string>
#include <string_view>

namespace telex::cli {

// Trims the value, which may be empty and may contain colons. A name must not be empty or contain
// blanks or control characters.
[[nodiscard]] Result<Header, std::string> parse_header(std::string_view text);

}  // namespace telex::cli
