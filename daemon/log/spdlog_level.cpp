#include "log/spdlog_level.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace telex::log {

namespace {

constexpr std::array<spdlog::level::level_enum, kLevels> kSpdlogLevels{
    spdlog::level::debug,
    spdlog::level::info,
    spdlog::level::warn,
    spdlog::level::err,
    spdlog::level::critical,
};

}  // namespace

spdlog::level::level_enum spdlog_level(Level level) {
    return kSpdlogLevels.at(static_cast<std::size_t>(level));
}

Level level_of(spdlog::level::level_enum level) {
    const auto* const found = std::find(
        kSpdlogLevels.begin(), kSpdlogLevels.end(), std::max(level, spdlog::level::debug)
    );
    return static_cast<Level>(std::distance(kSpdlogLevels.begin(), found));
}

}  // namespace telex::log
