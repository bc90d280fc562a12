#pragma once
// Bytes made readable, and readable notations made bytes.
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::cli {

enum class LineBreaks : std::uint8_t { escape, keep };

// Safe on a terminal: UTF-8 stays, tabs stay, line feeds as asked for; every other control
// character (those of U+0080 to U+009F too, which terminals obey) and every byte that is not UTF-8
// becomes \xNN.
std::string terminal_text(ByteView bytes, LineBreaks line_breaks = LineBreaks::escape);

// Lower case, two digits per byte.
std::string to_hex(ByteView bytes);
// Blanks between bytes are allowed. The error names the place.
[[nodiscard]] Result<std::string, std::string> parse_hex(std::string_view text);

std::string to_base64(ByteView bytes);

// What \n \r \t \0 \\ and \xNN stand for in an argument.
[[nodiscard]] Result<std::string, std::string> parse_escapes(std::string_view text);

}  // namespace telex::cli
