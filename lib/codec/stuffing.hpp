#pragma once
// Byte stuffing: content rewritten so that one byte value never occurs and can end frames.
//
// Cobs  Consistent Overhead Byte Stuffing (Cheshire and Baker 1999); frames end with 00.
// Slip  RFC 1055; frames end with C0. C0 and DB inside become DB DC and DB DD.
// Hdlc  RFC 1662; frames end with 7E. 7E and 7D inside become 7D 5E and 7D 5D; any byte may come as
//       7D and the byte with bit 20 inverted.
//
// unstuff() returns a view of the input if nothing was rewritten, else of `scratch`. The caller has
// bounded the input's size by max_stuffed(limit).
#include "base/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace telex::codec {

struct Cobs {
    static constexpr char kEnd = '\0';
    static constexpr bool kCarriesEmpty = true;
    static constexpr bool kTakesLeadingEnd = false;

    // Size of the longest encoding of `payload` bytes, without the end byte.
    static constexpr std::size_t max_stuffed(std::size_t payload) {
        return payload + payload / 254 + 1;
    }

    // Returns nullopt if no encoder produces this. `stuffed` must not be empty nor contain an end
    // byte.
    static std::optional<ByteView> unstuff(ByteView stuffed, std::string& scratch);
    // Appends the content without the end byte.
    static void stuff(ByteView payload, std::string& out);
};

struct Slip {
    static constexpr char kEnd = '\xC0';
    // Two end bytes in a row are a filler, never a frame.
    static constexpr bool kCarriesEmpty = false;
    static constexpr bool kTakesLeadingEnd = true;

    static constexpr std::size_t max_stuffed(std::size_t payload) { return 2 * payload; }

    static std::optional<ByteView> unstuff(ByteView stuffed, std::string& scratch);
    static void stuff(ByteView payload, std::string& out);
};

struct Hdlc {
    static constexpr char kEnd = '\x7E';
    static constexpr bool kCarriesEmpty = false;
    static constexpr bool kTakesLeadingEnd = true;

    static constexpr std::size_t max_stuffed(std::size_t payload) { return 2 * payload; }

    static std::optional<ByteView> unstuff(ByteView stuffed, std::string& scratch);
    static void stuff(ByteView payload, std::string& out);
};

}  // namespace telex::codec
