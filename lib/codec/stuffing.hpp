#pragma once
// Byte stuffing: content rewritten so that what ends frames never occurs in it.
//
// Cobs  Consistent Overhead Byte Stuffing (Cheshire and Baker 1999); frames end with 00.
// Slip  RFC 1055; frames end with C0. C0 and DB inside become DB DC and DB DD.
// Hdlc  RFC 1662; frames end with 7E. 7E and 7D inside become 7D 5E and 7D 5D; any byte may come as
//       7D and the byte with bit 20 inverted.
// Dot   RFC 5321 4.5.2, RFC 3977: lines; a line of one dot ends the frame. A line inside that
// begins
//       with a dot gets another one.
// Dle   DLE and a byte begin and end frames; a DLE (10) inside becomes DLE DLE.
//
// unstuff() returns a view of the input if nothing was rewritten, else of `scratch`. The caller has
// bounded the input's size by max_stuffed(limit).
#include "base/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

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
    static std::optional<ByteView> unstuff(ByteView stuffed, std::string& scratch) {
        const std::size_t code = static_cast<unsigned char>(stuffed.front());
        if (code == stuffed.size()) {
            return ByteView(stuffed.data() + 1, code - 1);  // one block: the payload has no zero
        }
        return unstuff_blocks(stuffed, scratch);
    }

    // Appends the content without the end byte.
    static void stuff(ByteView payload, std::string& out);

private:
    static std::optional<ByteView> unstuff_blocks(ByteView stuffed, std::string& scratch);
};

struct Slip {
    static constexpr char kEnd = '\xC0';
    static constexpr char kEscape = '\xDB';
    // Two end bytes in a row are a filler, never a frame.
    static constexpr bool kCarriesEmpty = false;
    static constexpr bool kTakesLeadingEnd = true;

    static constexpr std::size_t max_stuffed(std::size_t payload) { return 2 * payload; }

    static std::optional<ByteView> unstuff(ByteView stuffed, std::string& scratch) {
        const std::size_t escape = stuffed.find(kEscape);
        return escape == ByteView::npos ? stuffed : unescape(stuffed, escape, scratch);
    }

    static void stuff(ByteView payload, std::string& out);

private:
    static std::optional<ByteView> unescape(
        ByteView stuffed, std::size_t escape, std::string& scratch
    );
};

struct Hdlc {
    static constexpr char kEnd = '\x7E';
    static constexpr char kEscape = '\x7D';
    static constexpr bool kCarriesEmpty = false;
    static constexpr bool kTakesLeadingEnd = true;

    static constexpr std::size_t max_stuffed(std::size_t payload) { return 2 * payload; }

    static std::optional<ByteView> unstuff(ByteView stuffed, std::string& scratch) {
        const std::size_t escape = stuffed.find(kEscape);
        return escape == ByteView::npos ? stuffed : unescape(stuffed, escape, scratch);
    }

    static void stuff(ByteView payload, std::string& out);

private:
    static std::optional<ByteView> unescape(
        ByteView stuffed, std::size_t escape, std::string& scratch
    );
};

struct Dot {
    // The line end of the last line, and the line that ends the frame.
    static constexpr std::string_view kEnd = "\r\n.\r\n";

    // Each dot that is removed has another byte behind it in its line, and a line end before it.
    static constexpr std::size_t max_stuffed(std::size_t payload) {
        return payload + (payload + 2) / 3;
    }

    // `stuffed` has no line of one dot.
    static ByteView unstuff(ByteView stuffed, std::string& scratch);
    static void stuff(ByteView payload, std::string& out);
};

struct Dle {
    static constexpr char kDle = '\x10';

    static constexpr std::size_t max_stuffed(std::size_t payload) { return 2 * payload; }

    // Each DLE of `stuffed` is one of a pair.
    static ByteView unstuff(ByteView stuffed, std::string& scratch);
    static void stuff(ByteView payload, std::string& out);
};

}  // namespace telex::codec
