#pragma once
// What is wrong with a text before YAML is looked at: bytes that the YAML library would accept,
// reinterpret (byte order marks) or complain about in words that help nobody.
#include "config/parse/report.hpp"

#include <cstddef>
#include <string_view>

namespace telex::config {

inline constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20U;

// False: reported, do not parse. Checks size, byte order marks, control characters, UTF-8 and tabs
// that indent (also where YAML would allow them).
bool check_text(std::string_view text, Report& report);

}  // namespace telex::config
