#pragma once
// Levels as spdlog names them.
#include "log/catalogue.hpp"

#include <spdlog/common.h>

namespace telex::log {

spdlog::level::level_enum spdlog_level(Level level);
Level level_of(spdlog::level::level_enum level);

}  // namespace telex::log
