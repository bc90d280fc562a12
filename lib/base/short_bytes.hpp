#pragma once
// memcpy and memcmp for runs of mostly a few bytes, such as subjects and parts of a frame's head:
// short runs take two overlapping inline steps instead of a call.
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

template <class Word>
bool same_ends(const char* a, const char* b, std::size_t size) {
    Word words[4] = {};
    std::memcpy(&words[0], a, sizeof(Word));
    std::memcpy(&words[1], b, sizeof(Word));
    std::memcpy(&words[2], a + size - sizeof(Word), sizeof(Word));
    std::memcpy(&words[3], b + size - sizeof(Word), sizeof(Word));
    return ((words[0] ^ words[1]) | (words[2] ^ words[3])) == 0;
}

}  // namespace detail

inline bool same_bytes(ByteView a, ByteView b) {
    const std::size_t size = a.size();
    if (size != b.size()) {
        return false;
    }
    if (size >= 8 && size <= 16) {
        return detail::same_ends<std::uint64_t>(a.data(), b.data(), size);
    }
    if (size >= 4 && size < 8) {
        return detail::same_ends<std::uint32_t>(a.data(), b.data(), size);
    }
    return a == b;
}

// Copies the bytes to `out` and returns the end of the copy. The ranges must not overlap.
// Always inline: a call costs as much as the copy.
[[gnu::always_inline]] inline char* copy_to(char* out, ByteView bytes) {
    const std::size_t size = bytes.size();
    if (size > 16) {
        std::memcpy(out, bytes.data(), size);
    } else if (size >= 8) {
        detail::copy_ends<std::uint64_t>(out, bytes.data(), size);
    } else if (size >= 4) {
        detail::copy_ends<std::uint32_t>(out, bytes.data(), size);
    } else if (size > 0) {  // each byte at least once
        out[0] = bytes[0];
        out[size / 2] = bytes[size / 2];
        out[size - 1] = bytes[size - 1];
    }
    return out + size;
}

}  // namespace telex
