#pragma once
// Recognises well-known protocols by their first bytes. Used for the reason in the log line when a
// peer's bytes make no frame: "length 1195725856 is too large" is really an HTTP request.
#include "base/bytes.hpp"

#include <optional>
#include <string_view>

namespace telex::codec {

// "HTTP", "TLS", "SSH", "PROXY protocol", ...; nullopt: unknown, or too few bytes (16 are enough).
std::optional<std::string_view> recognise_foreign(ByteView first_bytes);

}  // namespace telex::codec
