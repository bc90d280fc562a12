#include "cli/terminal/json_line.hpp"

#include "base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace telex::cli {

std::string json_line(const nlohmann::ordered_json& json) {
    constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
    return escape_json_controls(json.dump(-1, ' ', false, kReplace)) + "\n";
}

}  // namespace telex::cli
