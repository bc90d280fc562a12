#pragma once
// Texts with placeholders, for messages that differ:
//
//   {{count}}       number of the message, from 1
//   {{time}}        2026-11-21T18:50:00.000123Z
//   {{random N}}    N letters and digits
//   {{uuid}}        random, version 4
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace telex::cli {

struct TemplateValues {
    std::uint64_t count = 0;
    std::int64_t unix_nanoseconds = 0;
    std::function<std::uint64_t()> random;  // any 64 bits; not for secrets
};

// Errors: an unknown placeholder, with those that exist; a result of more than `max_bytes`, of
// which nothing is built.
[[nodiscard]] Result<std::string, std::string> filled(
    std::string_view text, const TemplateValues& values, std::size_t max_bytes
);

}  // namespace telex::cli
