#pragma once
// memcpy for runs that are mostly a few bytes long, such as the parts of a frame's head: those are
// copied in place, in two overlapping steps, without a call.
#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace telex {

namespace detail {

template <class Word>
void copy_ends(char* out, const char* from, std::size_t size) {
    Word first = 0;
    Word last = 0;
    std::memcpy(&first, from, sizeof(Word));
    std::memcpy(&last, from + size - sizeof(Word), sizeof(Word));
    std::memcpy(out, &first, sizeof(Word));
    std::memcpy(out + size - sizeof(Word), &last, sizeof(Word));
}

}  // namespace detail

// Copies the bytes to `out`; returns the place behind them. The ranges must not overlap.
inline char* copy_to(char* out, ByteView bytes) {
    const std::size_t size = bytes.size();
    if (size > 16) {
        std::memcpy(out, bytes.data(), size);
    } else if (size >= 8) {
        detail::copy_ends<std::uint64_t>(out, bytes.data(), size);
    } else if (size >= 4) {
        detail::copy_ends<std::uint32_t>(out, bytes.data(), size);
    } else {
        for (std::size_t i = 0; i < size; ++i) {
            out[i] = bytes[i];
        }
    }
    return out + size;
}

}  // namespace telex
