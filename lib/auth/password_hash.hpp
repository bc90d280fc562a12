#pragma once
// Stored passwords: argon2id (RFC 9106) in the text form of its reference implementation,
// "$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH", which other programs use as well.
//
// Any thread. Both functions take the time and memory that the hash demands, tens of milliseconds
// and of megabytes: do not call them on a thread that serves connections.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::auth {

// Longer passwords are rejected, not truncated.
inline constexpr std::size_t kMaxPasswordBytes = 1'024;

// Uses a random salt, 19 MiB and two passes. Throws std::bad_alloc.
std::string hash_password(std::string_view password);

// Compares in constant time. Returns false if the hash is invalid or memory is short. The hash may
// be one of memory_digest.hpp, which costs nothing.
[[nodiscard]] bool password_fits(const std::string& hash, std::string_view password);

// Returns why a configured hash is unusable, or nullopt. Rejects hashes that take less than a
// millisecond, and those over 256 MiB or ten passes.
[[nodiscard]] std::optional<std::string> fault_of_hash(std::string_view hash);

}  // namespace telex::auth
