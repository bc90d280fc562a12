#include "log/catalogue.hpp"

namespace telex::log {

std::string_view name_of(Level level) {
    constexpr std::array<std::string_view, kLevels> kNames{
        "debug", "info", "warning", "error", "critical"
    };
    return kNames.at(static_cast<std::size_t>(level));
}

}  // namespace telex::log
