#pragma once
// Strings of JSON, between their quotes: escapes, and the search for the bytes that matter.
#include "base/bytes.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>

#include <bit>
#include <cstdint>
#endif

namespace telex::wire {

// Returns the first byte that is below U+0020 or one of kBytes; the end if there is none.
template <char... kBytes>
const char* find_control_or(const char* at, const char* end) {
#ifdef __SSE2__
    constexpr char kLastControl = 0x1F;
    const __m128i last_control = _mm_set1_epi8(kLastControl);
    for (; static_cast<std::size_t>(end - at) >= sizeof last_control; at += sizeof last_control) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        __m128i found = _mm_cmpeq_epi8(_mm_min_epu8(block, last_control), block);
        ((found = _mm_or_si128(found, _mm_cmpeq_epi8(block, _mm_set1_epi8(kBytes)))), ...);
        if (const int mask = _mm_movemask_epi8(found); mask != 0) {
            return at + std::countr_zero(static_cast<unsigned>(mask));
        }
    }
#endif
    while (at != end && static_cast<unsigned char>(*at) >= 0x20 && ((*at != kBytes) && ...)) {
        ++at;
    }
    return at;
}

// Appends the text, which must be UTF-8, as it stands between quotes. Control characters are
// escaped, U+007F to U+009F too.
void append_json_text(std::string& out, std::string_view text);

// Writes the text of a string to `out`, which must have room for its size, and returns the end.
// Returns null if an escape is invalid or half of a pair of surrogates, or if there is a control
// character. Other bytes are copied unchecked.
char* decode_json_text(std::string_view string, char* out);

}  // namespace telex::wire
