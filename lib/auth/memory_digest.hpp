#pragma once
// Passwords that the daemon itself got as plain text, for as long as it runs: a keyed digest
// (BLAKE2b) with a key that is made at the first use and never leaves the process. It costs a
// microsecond where a stored hash costs tens of milliseconds, and is worthless elsewhere: it must
// not come from a file.
//
// Any thread.
#include <string>
#include <string_view>

namespace telex::auth {

// "$telex-memory$" and 64 hexadecimal digits; the same for the same password. Throws
// std::bad_alloc.
std::string memory_digest(std::string_view password);

// Returns true for a text of this form.
[[nodiscard]] bool is_memory_digest(std::string_view text);

// Compares in constant time.
[[nodiscard]] bool fits_memory_digest(std::string_view digest, std::string_view password);

}  // namespace telex::auth
