#pragma once
// Tokens: secrets with so much chance in them that one plain hash is enough to keep them.
//
// Thread: any.
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::auth {

// SHA-256 (FIPS 180-4).
using Digest = std::array<unsigned char, 32>;

inline constexpr std::size_t kMaxTokenBytes = 1'024;

// "telex_" and 32 random bytes in base64 for URLs.
std::string make_token();

Digest digest_of(std::string_view secret);

// Takes the same time wherever they differ.
bool same_digest(const Digest& left, const Digest& right);

// 32 bytes written as "NAME:" and 64 hexadecimal digits, and back. The error says what is wrong.
std::string to_text(std::string_view name, const std::array<unsigned char, 32>& bytes);
std::optional<std::string> from_text(
    std::string_view name, std::string_view text, std::array<unsigned char, 32>& bytes
);

// False: signatures of this Ed25519 key prove nothing, because it is no point of the curve's main
// subgroup: anybody can make them.
bool is_safe_key(const std::array<unsigned char, 32>& key);

// Overwrites the text, so that it is not found in memory later.
void wipe(std::string& secret);

}  // namespace telex::auth
