#pragma once
// Numbers, sizes, times and booleans as nats-server writes them. Each returns nothing for another
// text.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::compat {

// "10", "-1", "1k" (1,000), "1KB" and "1KiB" (1,024); M, G and T likewise. Upper and
// lower case are the same.
std::optional<std::int64_t> parse_number(std::string_view text);

// "1m30s", "250ms", "1.5s".
std::optional<std::chrono::milliseconds> parse_time(std::string_view text);

// A time, or a number of seconds: "2", "0.5".
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text);

// Of ASCII letters.
std::string lower_case(std::string_view text);

// "true", "yes", "on", "false", "no" or "off"; upper and lower case are the same.
std::optional<bool> parse_boolean(std::string_view text);

}  // namespace telex::compat
