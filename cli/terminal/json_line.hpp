#pragma once
// JSON output of commands.
#include <nlohmann/json_fwd.hpp>

#include <string>

namespace telex::cli {

// One line, safe for a terminal (base/json_text.hpp). Invalid UTF-8 becomes U+FFFD.
std::string json_line(const nlohmann::ordered_json& json);

}  // namespace telex::cli
