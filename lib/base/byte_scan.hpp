#pragma once
// Finds the first of a few byte values. Most frames of text are short: their bytes are compared
// inline, without a call of memchr. Long runs are memchr's, which uses wider registers.
#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>

#include <bit>
#include <cstdint>
#endif

namespace telex {

namespace detail {

#ifdef __SSE2__

// Bytes that are compared at once, and how often before memchr is called.
inline constexpr std::size_t kScanBlock = 32;
inline constexpr std::size_t kInlineBlocks = 2;

// A bit for each byte of the block that equals `byte`.
inline std::uint32_t equal_in_block(const char* block, char byte) {
    const auto* const halves = reinterpret_cast<const __m128i*>(block);
    const __m128i wanted = _mm_set1_epi8(byte);
    const int low = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(halves), wanted));
    const int high = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(halves + 1), wanted));
    return static_cast<std::uint32_t>(low) | static_cast<std::uint32_t>(high) << 16U;
}

// Calls `equal(block)` for each of the first blocks. Returns true if one has a bit: then `from` is
// the offset of that byte, else of what was not compared.
template <class Equal>
bool scan_blocks(ByteView input, std::size_t& from, Equal&& equal) {
    for (std::size_t i = 0; i < kInlineBlocks && from + kScanBlock <= input.size(); ++i) {
        if (const std::uint32_t found = equal(input.data() + from); found != 0) {
            from += static_cast<std::size_t>(std::countr_zero(found));
            return true;
        }
        from += kScanBlock;
    }
    return false;
}

#else

template <class Equal>
bool scan_blocks(ByteView, std::size_t&, Equal&&) {
    return false;
}

inline unsigned equal_in_block(const char*, char) {
    return 0;
}

#endif

}  // namespace detail

// The offset of the first `byte` at or after `from`; the input's size if there is none.
inline std::size_t find_byte(ByteView input, std::size_t from, char byte) {
    const auto equal = [byte](const char* block) { return detail::equal_in_block(block, byte); };
    if (detail::scan_blocks(input, from, equal)) {
        return from;
    }
    if (from >= input.size()) {
        return input.size();
    }
    const void* const found =
        std::memchr(input.data() + from, static_cast<unsigned char>(byte), input.size() - from);
    return found == nullptr
               ? input.size()
               : static_cast<std::size_t>(static_cast<const char*>(found) - input.data());
}

class ByteScan {
public:
    // Requires at least one byte. Repeated ones count once.
    explicit ByteScan(std::string_view bytes) : first_(bytes.front()) {
        for (const char byte : bytes) {
            if (!std::exchange(in_set_[static_cast<unsigned char>(byte)], true)) {
                set_.push_back(byte);
            }
        }
    }

    bool has_one_byte() const { return set_.size() == 1; }

    // The offset of the first of the bytes at or after `from`; the input's size if there is none.
    std::size_t find(ByteView input, std::size_t from) const {
        return has_one_byte() ? find_byte(input, from, first_) : find_one_of(input, from);
    }

private:
    // More are looked up in the table.
    static constexpr std::size_t kMostCompared = 4;

    std::size_t find_one_of(ByteView input, std::size_t from) const {
        const auto equal = [this](const char* block) {
            auto found = detail::equal_in_block(block, first_);
            for (std::size_t i = 1; i < set_.size(); ++i) {
                found |= detail::equal_in_block(block, set_[i]);
            }
            return found;
        };
        while (set_.size() <= kMostCompared && from < input.size()) {
            const std::size_t before = from;
            if (detail::scan_blocks(input, from, equal)) {
                return from;
            }
            if (from == before) {
                break;
            }
        }
        while (from < input.size() && !in_set_[static_cast<unsigned char>(input[from])]) {
            ++from;
        }
        return from < input.size() ? from : input.size();
    }

    char first_;
    std::string set_;
    std::array<bool, 256> in_set_{};
};

}  // namespace telex
