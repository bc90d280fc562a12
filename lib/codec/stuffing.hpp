#pragma once
// Byte stuffing: content rewritten so that one byte value never occurs and can end frames.
//
// Cobs  Consistent Overhead Byte Stuffing (Cheshire and Baker 1999); frames end with 00.
// Slip  RFC 1055; frames end with C0. C0 and DB inside become DB DC and DB DD.
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

    static constexpr std::size_t max_stuffed(std::size_t payload) { return 2 * payload; }

    static std::optional<ByteView> unstuff(ByteView stuffed, std::string& scratch);
    static void stuff(ByteView payload, std::string& out);
};

}  // namespace telex::codec
