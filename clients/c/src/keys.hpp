#pragma once
// Tables behind functions with a key: row 0 belongs to key 1, as in the enumerations of telex.h.
#include "errors.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace telex::c {

// Returns the row of a key, or null.
template <class Row, std::size_t Size>
const Row* row_of(const std::array<Row, Size>& table, int key) {
    const bool known = key >= 1 && static_cast<std::size_t>(key) <= Size;
    return known ? &table[static_cast<std::size_t>(key) - 1] : nullptr;
}

// Sets a number of `Target`. Values are from 0 to `max`.
template <class Target>
struct NumberRow {
    std::int64_t max;
    void (*set)(Target& target, std::int64_t value);
};

inline constexpr std::int64_t kAnyNumber = std::numeric_limits<std::int64_t>::max();
// A hundred years, so that a clock does not overflow.
inline constexpr std::int64_t kMaxTime = std::chrono::milliseconds(std::chrono::years(100)).count();

template <class Target, std::size_t Size>
int set_number(
    const std::array<NumberRow<Target>, Size>& table, Target& target, int key, std::int64_t value
) {
    const auto* const row = row_of(table, key);
    if (row == nullptr) {
        return fail(TELEX_INVALID_ARGUMENT, "unknown option " + std::to_string(key));
    }
    if (value < 0 || value > row->max) {
        return fail(
            TELEX_INVALID_ARGUMENT,
            "option " + std::to_string(key) + ": expected 0 to " + std::to_string(row->max) +
                ", found " + std::to_string(value)
        );
    }
    row->set(target, value);
    return TELEX_OK;
}

}  // namespace telex::c
