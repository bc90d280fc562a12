#pragma once
// Detects well-known protocols by their first bytes, for the reason in a log line when the bytes
// are not a valid frame: "length 1195725856 is too large" is really an HTTP request.
#include "base/bytes.hpp"

#include <optional>
#include <string_view>

namespace telex::codec {

// "HTTP", "TLS", "SSH", "PROXY protocol", ...; nullopt if unknown or too short (16 bytes suffice).
std::optional<std::string_view> detect_protocol(ByteView first_bytes);

}  // namespace telex::codec
