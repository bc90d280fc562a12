#include "compat/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace telex::compat {

namespace {

// Returns the factor of the end of a number.
std::optional<std::int64_t> factor_of(std::string_view end) {
    constexpr std::string_view kLetters = "kmgt";
    if (end.empty()) {
        return 1;
    }
    const std::string word = lower_case(end);
    const std::size_t power = kLetters.find(word.front());
    const std::string_view rest = std::string_view(word).substr(1);
    if (power == std::string_view::npos ||
        (!rest.empty() && rest != "b" && rest != "i" && rest != "ib")) {
        return std::nullopt;
    }
    std::int64_t factor = 1;
    for (std::size_t i = 0; i <= power; ++i) {
        factor *= rest.empty() ? 1'000 : 1'024;
    }
    return factor;
}

// Removes a number such as "1.5" from the front.
std::optional<double> take_decimal(std::string_view& text) {
    constexpr std::size_t kMostDigits = 18;
    const std::size_t size = std::min(text.find_first_not_of("0123456789."), text.size());
    double value = 0;
    const char* const end = text.data() + size;
    const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (size == 0 || size > kMostDigits || error != std::errc() || stop != end) {
        return std::nullopt;
    }
    text.remove_prefix(size);
    return value;
}

struct TimeUnit {
    std::string_view name;
    double milliseconds;
};

constexpr std::array<TimeUnit, 4> kTimeUnits{{
    {"ms", 1},
    {"s", 1'000},
    {"m", 60'000},
    {"h", 3'600'000},
}};

// Removes a unit from the front.
std::optional<double> take_unit(std::string_view& text) {
    for (const TimeUnit& unit : kTimeUnits) {
        if (text.starts_with(unit.name)) {
            text.remove_prefix(unit.name.size());
            return unit.milliseconds;
        }
    }
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> milliseconds_of(double value) {
    constexpr double kMost = 1e15;
    if (value > kMost) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(std::llround(value));
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc()) {
        return std::nullopt;
    }
    const auto factor = factor_of({stop, static_cast<std::size_t>(end - stop)});
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    if (!factor || value > kMost / *factor || value < -kMost / *factor) {
        return std::nullopt;
    }
    return value * *factor;
}

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
    double sum = 0;
    if (text.empty()) {
        return std::nullopt;
    }
    while (!text.empty()) {
        const auto number = take_decimal(text);
        const auto unit = number ? take_unit(text) : std::nullopt;
        if (!unit) {
            return std::nullopt;
        }
        sum += *number * *unit;
    }
    return milliseconds_of(sum);
}

std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text) {
    std::string_view rest = text;
    const auto number = take_decimal(rest);
    return number && rest.empty() ? milliseconds_of(*number * 1'000) : parse_time(text);
}

std::optional<bool> parse_boolean(std::string_view text) {
    const std::string word = lower_case(text);
    if (word == "true" || word == "yes" || word == "on") {
        return true;
    }
    if (word == "false" || word == "no" || word == "off") {
        return false;
    }
    return std::nullopt;
}

}  // namespace telex::compat
