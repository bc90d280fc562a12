#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>

namespace telex {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::uint64_t kMaxDuration = std::numeric_limits<std::int64_t>::max();

// Binary units come first, the largest first: format_size takes the first that divides the size.
constexpr std::array<Unit, 10> kSizeUnits{{
    {"TiB", std::uint64_t{1} << 40U},
    {"GiB", std::uint64_t{1} << 30U},
    {"MiB", std::uint64_t{1} << 20U},
    {"KiB", std::uint64_t{1} << 10U},
    {"B", 1},
    {"TB", 1'000'000'000'000},
    {"GB", 1'000'000'000},
    {"MB", 1'000'000},
    {"kB", 1'000},
    {"KB", 1'000},
}};

constexpr std::array<Unit, 5> kDurationUnits{{
    {"d", 86'400'000},
    {"h", 3'600'000},
    {"m", 60'000},
    {"s", 1'000},
    {"ms", 1},
}};

constexpr std::array<Unit, 3> kShortDurationUnits{{{"s", 1'000'000}, {"ms", 1'000}, {"us", 1}}};

struct Words {
    std::string_view kind;
    std::string_view example;
    std::string_view units;
};

constexpr Words kSizeWords{
    "size", "64KiB", "B, KiB, MiB, GiB, TiB (or kB, MB, GB, TB for powers of 1000)"
};
constexpr Words kDurationWords{"duration", "5s", "ms, s, m, h, d"};
constexpr Words kShortDurationWords{"duration", "50us", "us, ms, s"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "10k", "10K" and "10M" are ambiguous: 1,000 or 1,024.
bool is_ambiguous_size(std::string_view unit) {
    return unit.size() == 1 && std::string_view("kKmMgGtT").find(unit) != std::string_view::npos;
}

std::string advice(std::string_view number, std::string_view unit, const Words& words) {
    if (unit.empty()) {
        return fmt::format("needs a unit, as in {}; units are {}", words.example, words.units);
    }
    if (unit.starts_with('.') || unit.starts_with(',')) {
        return fmt::format("must be a whole number and a unit, as in {}", words.example);
    }
    if (&words == &kSizeWords && is_ambiguous_size(unit)) {
        const char upper =
            unit.front() >= 'a' ? static_cast<char>(unit.front() - 'a' + 'A') : unit.front();
        const char decimal = upper == 'K' ? 'k' : upper;
        return fmt::format(
            "is ambiguous; write {0}{1}iB (powers of 1024) or {0}{2}B (powers of 1000)",
            number,
            upper,
            decimal
        );
    }
    return fmt::format("has an unknown unit; units are {}", words.units);
}

[[nodiscard]] Result<std::uint64_t, std::string> parse(
    std::string_view text, std::span<const Unit> units, const Words& words, std::uint64_t max
) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto digits = static_cast<std::size_t>(end - text.begin());
    const std::string_view number = text.substr(0, digits);
    std::string_view name = text.substr(digits);
    if (number.empty()) {
        return unexpected(fmt::format(
            "is not a {}; write a whole number and a unit, as in {}", words.kind, words.example
        ));
    }
    if (name.starts_with(' ')) {
        name.remove_prefix(1);
    }
    const auto unit =
        std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
    if (unit == units.end()) {
        return unexpected(advice(number, name, words));
    }
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
    if (parsed.ec != std::errc{} || value > max / unit->factor) {
        return unexpected(std::string("is too large"));
    }
    return value * unit->factor;
}

std::string format(std::uint64_t value, std::span<const Unit> units) {
    for (const Unit& unit : units) {
        if (value != 0 && value % unit.factor == 0) {
            return fmt::format("{}{}", value / unit.factor, unit.name);
        }
    }
    return "";
}

}  // namespace

Result<std::uint64_t, std::string> parse_size(std::string_view text) {
    return parse(text, kSizeUnits, kSizeWords, std::numeric_limits<std::uint64_t>::max());
}

Result<std::chrono::milliseconds, std::string> parse_duration(std::string_view text) {
    return parse(text, kDurationUnits, kDurationWords, kMaxDuration).map([](std::uint64_t value) {
        return std::chrono::milliseconds(static_cast<std::int64_t>(value));
    });
}

Result<std::chrono::microseconds, std::string> parse_short_duration(std::string_view text) {
    return parse(text, kShortDurationUnits, kShortDurationWords, kMaxDuration)
        .map([](std::uint64_t value) {
            return std::chrono::microseconds(static_cast<std::int64_t>(value));
        });
}

Result<std::uint64_t, std::string> parse_count(std::string_view text) {
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) {
        return unexpected(std::string("is not a whole number"));
    }
    if (text.size() > 1 && text.front() == '0') {
        return unexpected(std::string("has a leading zero; write a plain decimal number"));
    }
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc{}) {
        return unexpected(std::string("is too large"));
    }
    return value;
}

std::string format_size(std::uint64_t bytes) {
    return bytes == 0 ? "0B" : format(bytes, kSizeUnits);
}

std::string format_duration(std::chrono::milliseconds duration) {
    const auto value = duration.count();
    return value <= 0 ? "0s" : format(static_cast<std::uint64_t>(value), kDurationUnits);
}

std::string format_short_duration(std::chrono::microseconds duration) {
    const auto value = duration.count();
    return value <= 0 ? "0us" : format(static_cast<std::uint64_t>(value), kShortDurationUnits);
}

}  // namespace telex
