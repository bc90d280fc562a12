#pragma once
// Conversions between bytes and printable text.
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace telex::cli {

// Lower case, two digits per byte.
std::string to_hex(ByteView bytes);
// Blanks between bytes are allowed. The error names the column.
[[nodiscard]] Result<std::string, std::string> parse_hex(std::string_view text);

// Replaces \n \r \t \0 \\ and \xNN by their bytes.
[[nodiscard]] Result<std::string, std::string> parse_escapes(std::string_view text);

}  // namespace telex::cli
