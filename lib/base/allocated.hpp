#pragma once
// The cost of a block of memory. Budgets count this, so that many small blocks cannot take a
// multiple of the bytes that are charged for them.
#include <algorithm>
#include <cstddef>
#include <string>

namespace telex {

// The bytes that the allocator (glibc) takes for a block of `bytes`: one word more, in units of 16,
// at least 32. 0 for no block.
constexpr std::size_t allocated(std::size_t bytes) {
    constexpr std::size_t kWord = 8;
    constexpr std::size_t kUnit = 16;
    constexpr std::size_t kLeast = 32;
    if (bytes == 0) {
        return 0;
    }
    const std::size_t rounded = (bytes + kWord + kUnit - 1) / kUnit * kUnit;
    return rounded < kLeast ? kLeast : rounded;
}

// The memory that a constant text takes from the allocator.
inline std::size_t memory_of(const std::string& text) {
    constexpr std::size_t kFirstCapacity = 30;
    const bool in_place = text.size() <= std::string().capacity();
    return in_place ? 0 : allocated(std::max(text.size(), kFirstCapacity) + 1);
}

}  // namespace telex
