#pragma once
// Runs of bytes and shapes in a text, compared eight bytes at once: fields of a header are short,
// and most of the work on a syslog message is to find their ends.
//
// All comparisons are exact for each byte: no sum carries from one byte into the next.
#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace telex::session::syslog {

namespace detail {

inline constexpr std::size_t kWordBytes = 8;
inline constexpr unsigned kByteBits = 8;
inline constexpr std::uint64_t kEachByte = 0x0101'0101'0101'0101U;
inline constexpr std::uint64_t kHighBits = kEachByte * 0x80U;
inline constexpr std::uint64_t kLowBits = kEachByte * 0x7FU;

// Of a text that is shorter than a word. Not inline: its memory would cost callers a stack frame.
[[gnu::noinline]] inline std::uint64_t load_last_word(ByteView text) {
    std::uint64_t word = 0;
    if (!text.empty()) {
        std::memcpy(&word, text.data(), text.size());
    }
    return word;
}

// The first bytes of the text; zeros behind its end.
inline std::uint64_t load_word(ByteView text) {
    static_assert(std::endian::native == std::endian::little);
    if (text.size() < kWordBytes) [[unlikely]] {
        return load_last_word(text);
    }
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), kWordBytes);
    return word;
}

// The high bit of each byte that is below `limit`, at most 0x80.
constexpr std::uint64_t bytes_below(std::uint64_t word, unsigned limit) {
    return ~(((word & kLowBits) + kEachByte * (0x80U - limit)) | word) & kHighBits;
}

// The high bit of each byte that is `byte`.
constexpr std::uint64_t bytes_equal(std::uint64_t word, unsigned byte) {
    return bytes_below(word ^ kEachByte * byte, 1);
}

constexpr std::uint64_t invisible_bytes(std::uint64_t word) {
    constexpr unsigned kDelete = 0x7F;
    return bytes_below(word, ' ' + 1) | bytes_equal(word, kDelete);
}

// Number of bytes at the start of the text that `stops` has no high bit for; at least `limit` if
// there are as many.
template <class Stops>
inline std::size_t run_length(ByteView text, std::size_t limit, Stops&& stops) {
    std::size_t size = 0;
    while (size < limit) {
        const ByteView rest(text.data() + size, text.size() - size);
        if (const std::uint64_t stop = stops(load_word(rest)); stop != 0) {
            return size + static_cast<std::size_t>(std::countr_zero(stop)) / kByteBits;
        }
        size += kWordBytes;
    }
    return size;
}

}  // namespace detail

// Number of visible bytes (text_cursor.hpp) at the start of the text; at least `limit` if there are
// as many.
inline std::size_t visible_run(ByteView text, std::size_t limit) {
    return detail::run_length(text, limit, detail::invisible_bytes);
}

// Number of decimal digits at the start of the text; at least `limit` if there are as many.
inline std::size_t digit_run(ByteView text, std::size_t limit) {
    return detail::run_length(text, limit, [](std::uint64_t word) {
        constexpr unsigned kBase = 10;
        return ~detail::bytes_below(word ^ detail::kEachByte * '0', kBase) & detail::kHighBits;
    });
}

// The places of digits and of other bytes in a text of fixed size. `d` is a digit, every other byte
// itself.
template <std::size_t kSize>
class TextShape {
public:
    consteval explicit TextShape(const char (&shape)[kSize + 1]) {
        for (std::size_t i = 0; i < kWords; ++i) {
            words_[i] = Word::of({shape + place(i), std::min(kSize, detail::kWordBytes)});
        }
    }

    static constexpr std::size_t size() { return kSize; }

    // Returns true if the text begins with this shape.
    bool begins(ByteView text) const {
        if (text.size() < kSize) {
            return false;
        }
        for (std::size_t i = 0; i < kWords; ++i) {
            const ByteView rest(text.data() + place(i), text.size() - place(i));
            if (!words_[i].matches(detail::load_word(rest))) {
                return false;
            }
        }
        return true;
    }

private:
    struct Word {
        std::uint64_t mask = 0;  // bits that are the same in all such texts: `value` there
        std::uint64_t value = 0;
        std::uint64_t digits = 0;  // the other bits of digits: at most 9

        static consteval Word of(std::string_view shape) {
            constexpr unsigned kDigitMask = 0xF0;
            Word word;
            for (std::size_t i = shape.size(); i-- > 0;) {
                const bool digit = shape[i] == 'd';
                const unsigned byte = static_cast<unsigned char>(digit ? '0' : shape[i]);
                word.mask = word.mask << detail::kByteBits | (digit ? kDigitMask : 0xFFU);
                word.value = word.value << detail::kByteBits | byte;
                word.digits = word.digits << detail::kByteBits | (digit ? 0x0FU : 0U);
            }
            return word;
        }

        constexpr bool matches(std::uint64_t text) const {
            constexpr unsigned kAboveNine = 6;  // 10 and more become 16 and more
            constexpr unsigned kCarry = 0x10;
            const std::uint64_t sums = (text & digits) + detail::kEachByte * kAboveNine;
            return (text & mask) == value && (sums & detail::kEachByte * kCarry) == 0;
        }
    };

    static constexpr std::size_t kWords = (kSize + detail::kWordBytes - 1) / detail::kWordBytes;

    // Of a word: the last one ends where the shape ends, and overlaps the one before it.
    static constexpr std::size_t place(std::size_t word) {
        const std::size_t begin = word * detail::kWordBytes;
        return kSize <= detail::kWordBytes ? 0 : std::min(begin, kSize - detail::kWordBytes);
    }

    std::array<Word, kWords> words_{};
};

template <std::size_t kSizeWithEnd>
TextShape(const char (&)[kSizeWithEnd]) -> TextShape<kSizeWithEnd - 1>;

}  // namespace telex::session::syslog
