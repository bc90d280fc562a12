#pragma once
// Base64 as in RFC 4648, section 4: the letters with '+' and '/', padded with '='.
#include "base/bytes.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace telex {

void append_base64(std::string& out, ByteView bytes);

std::string to_base64(ByteView bytes);

// Writes the bytes to `out`, which must have room for three quarters of the text's size, and
// returns their end. Returns null if the text is not exactly what append_base64 writes.
char* decode_base64(std::string_view text, char* out);

}  // namespace telex
