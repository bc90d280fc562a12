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

// Blocks that are compared before memchr is called.
inline constexpr std::size_t kInlineBlocks = 2;

#ifdef __SSE2__

// Compares whole blocks of the input with some bytes, at most `blocks` of them. Returns true if one
// of the bytes is there: then `from` is its offset, else that of what was not compared.
template <std::size_t kBytes>
[[gnu::always_inline]] inline bool scan_blocks(
    const char* bytes, ByteView input, std::size_t& from, std::size_t blocks
) {
    struct Half {
        __m128i bytes;
    };

    constexpr std::size_t kBlock = 2 * sizeof(Half);
    std::array<Half, kBytes> wanted;
    for (std::size_t i = 0; i < kBytes; ++i) {
        wanted[i].bytes = _mm_set1_epi8(bytes[i]);
    }
    const auto equal = [&](const char* half) {
        const __m128i seen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(half));
        __m128i found = _mm_cmpeq_epi8(seen, wanted[0].bytes);
        for (std::size_t i = 1; i < kBytes; ++i) {
            found = _mm_or_si128(found, _mm_cmpeq_epi8(seen, wanted[i].bytes));
        }
        return static_cast<std::uint32_t>(_mm_movemask_epi8(found));
    };
    for (std::size_t i = 0; i < blocks && from + kBlock <= input.size(); ++i) {
        const char* const block = input.data() + from;
        const std::uint32_t found = equal(block) | equal(block + sizeof(Half)) << 16U;
        if (found != 0) {
            from += static_cast<std::size_t>(std::countr_zero(found));
            return true;
        }
        from += kBlock;
    }
    return false;
}

#else

template <std::size_t kBytes>
bool scan_blocks(const char*, ByteView, std::size_t&, std::size_t) {
    return false;
}

#endif

}  // namespace detail

// The offset of the first `byte` at or after `from`; the input's size if there is none.
[[gnu::always_inline]] inline std::size_t find_byte(ByteView input, std::size_t from, char byte) {
    if (detail::scan_blocks<1>(&byte, input, from, detail::kInlineBlocks)) {
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
    [[gnu::always_inline]] std::size_t find(ByteView input, std::size_t from) const {
        return has_one_byte() ? find_byte(input, from, first_) : find_one_of(input, from);
    }

private:
    // More are looked up in the table.
    static constexpr std::size_t kMostCompared = 4;

    [[gnu::noinline]] std::size_t find_one_of(ByteView input, std::size_t from) const {
        switch (set_.size()) {
            case 2:
                return find_in_blocks<2>(input, from);
            case 3:
                return find_in_blocks<3>(input, from);
            case kMostCompared:
                return find_in_blocks<kMostCompared>(input, from);
            default:
                return find_in_table(input, from);
        }
    }

    template <std::size_t kBytes>
    std::size_t find_in_blocks(ByteView input, std::size_t from) const {
        if (detail::scan_blocks<kBytes>(set_.data(), input, from, ByteView::npos)) {
            return from;
        }
        return find_in_table(input, from);
    }

    std::size_t find_in_table(ByteView input, std::size_t from) const {
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
