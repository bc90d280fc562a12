#pragma once
// Frames of WebSocket as they are on the wire (RFC 6455, 5.2), and the codes that close a
// connection (7.4). Those that this host writes have no mask.
#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::websocket {

enum class Opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

inline constexpr std::uint8_t kFinalBit = 0x80;
inline constexpr std::uint8_t kReservedBits = 0x70;
inline constexpr std::uint8_t kOpcodeBits = 0x0F;
inline constexpr std::uint8_t kControlBit = 0x08;
inline constexpr std::uint8_t kMaskBit = 0x80;
inline constexpr std::uint8_t kLengthBits = 0x7F;
// Values of the length bits that announce a longer field.
inline constexpr std::uint8_t kLength16 = 126;
inline constexpr std::uint8_t kLength64 = 127;

inline constexpr std::size_t kMaskBytes = 4;
// Before a longer length and the mask.
inline constexpr std::size_t kShortHead = 2;
// Without a mask.
inline constexpr std::size_t kMaxHead = 10;
inline constexpr std::size_t kMaxControlPayload = 125;

inline constexpr unsigned kBitsPerByte = 8;

// Bytes of the head, without the mask, that begins with this second byte.
std::size_t head_bytes(std::uint8_t second);

// The length in a head with all of its bytes. `head` begins with the first of them.
std::uint64_t length_in(ByteView head);

// The head of an unfragmented frame without a mask.
struct Head {
    std::array<char, kMaxHead> bytes{};
    std::uint8_t size = 0;

    ByteView view() const { return {bytes.data(), size}; }
};

Head make_head(Opcode opcode, std::uint64_t payload);

enum class CloseCode : std::uint16_t {
    normal = 1'000,
    going_away = 1'001,
    protocol_error = 1'002,
    none = 1'005,  // a close frame without a code; never on the wire
    bad_text = 1'007,
    policy = 1'008,
    too_big = 1'009,
    internal_error = 1'011,
    try_again_later = 1'013,
};

// Returns true if a peer may send this code.
bool may_be_received(std::uint16_t code);

// A whole control frame. Requires at most kMaxControlPayload bytes.
std::string make_control(Opcode opcode, ByteView payload);
// A close frame; its reason is cut to what fits. Without a code it is empty.
std::string make_close(std::uint16_t code, ByteView reason);

}  // namespace telex::websocket
