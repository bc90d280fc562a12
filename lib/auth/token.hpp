#pragma once
// Tokens: secrets with enough entropy that a plain hash protects them.
//
// Any thread.
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::auth {

// SHA-256 (FIPS 180-4).
using Digest = std::array<unsigned char, 32>;

inline constexpr std::size_t kMaxTokenBytes = 1'024;

// "telex_" and 32 random bytes in base64url.
std::string make_token();

Digest digest_of(std::string_view secret);

// Constant time.
bool same_digest(const Digest& left, const Digest& right);

// 32 bytes written as "NAME:" and 64 hexadecimal digits, and back. The error says what is wrong.
std::string to_text(std::string_view name, const std::array<unsigned char, 32>& bytes);
std::optional<std::string> from_text(
    std::string_view name, std::string_view text, std::array<unsigned char, 32>& bytes
);

// Returns false for a key outside the curve's main subgroup: its signatures prove nothing, since
// anyone can forge them.
bool is_safe_key(const std::array<unsigned char, 32>& key);

}  // namespace telex::auth
