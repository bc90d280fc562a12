#pragma once
// Headers as they are typed: "Name: value".
#include "base/result.hpp"
#include <telex/message.hpp>

#include <string>
#include <string_view>

namespace telex::cli {

// Blanks around the value are dropped; it may be empty and may hold colons. A name is not empty and
// holds no blanks or control characters. The error says what is wrong.
[[nodiscard]] Result<Header, std::string> parse_header(std::string_view text);

}  // namespace telex::cli
