#pragma once
// Passwords as they are kept: argon2id (RFC 9106) in the text form of its reference implementation,
// "$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH", which other programs write and read as well.
//
// Thread: any. Both functions take the time and the memory that the hash asks for, tens of
// milliseconds and of megabytes: not for a thread that serves connections.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::auth {

// Longer ones are refused, not cut.
inline constexpr std::size_t kMaxPasswordBytes = 1'024;

// With a salt of its own, 19 MiB and two passes. Throws std::bad_alloc without memory.
std::string hash_password(std::string_view password);

// Compares in constant time. False for a hash that is none, and without the memory to know.
[[nodiscard]] bool password_fits(const std::string& hash, std::string_view password);

// What is wrong with a hash that somebody wrote into a file; nothing when it can be used. Hashes
// that cost less than a thousandth of a second or more than 256 MiB and ten passes are refused.
[[nodiscard]] std::optional<std::string> fault_of_hash(std::string_view hash);

}  // namespace telex::auth
