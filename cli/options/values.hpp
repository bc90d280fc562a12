#pragma once
// The kinds of option values. Each is read and checked in one way by every command. A target must
// outlive the parsing of the command line.
#include "cli/options/option.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace telex::cli::value {

Value flag(bool& target);
Value flag(std::function<void()> set);
Value version();

Value text(std::string& target);
Value text(std::optional<std::string>& target);
Value text(std::function<void(const std::string&)> set);
// A name that this command of the tool lists, for the shell. Other names are not rejected.
Value listed_name(std::string& target, std::string listed_by);
// One text each time the option is given.
Value texts(std::vector<std::string>& target);
// One of `choices`.
Value choice(std::vector<std::string> choices, std::function<void(const std::string&)> set);

// "5s", "250ms"; never zero.
Value duration(std::optional<std::chrono::milliseconds>& target);
// "64KiB"; never zero.
Value size(std::optional<std::size_t>& target);
// A whole number.
Value number(std::optional<std::uint64_t>& target);
// A whole number from 1 to `max`.
Value count(
    std::optional<std::uint64_t>& target,
    std::uint64_t max = std::numeric_limits<std::uint64_t>::max()
);
Value count(
    std::function<void(std::uint64_t)> set,
    std::uint64_t max = std::numeric_limits<std::uint64_t>::max()
);

}  // namespace telex::cli::value
