#pragma once
// Checks a text before it is parsed as YAML, for bytes that the YAML library would accept,
// reinterpret (byte order marks) or reject with an unclear message.
#include "config/parse/report.hpp"

#include <cstddef>
#include <string_view>

namespace telex::config {

inline constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20U;

// Returns false if it reported an error. Checks size, byte order marks, control characters, UTF-8
// and tabs as indentation (also where YAML allows them).
bool check_text(std::string_view text, Report& report);

}  // namespace telex::config
