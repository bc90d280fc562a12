#pragma once
// Where the log goes and how its lines look.
//
// Lines are written by a thread of their own: a full pipe or a stopped journal never holds a
// reactor. When the queue is full the oldest lines are lost; the next one says how many.
#include "config/config.hpp"

namespace telex::app {

void set_up_logging(const config::LogOptions& options);
void set_log_level(config::LogLevel level);
config::LogLevel log_level();
// Writes what is queued; before the process ends.
void finish_logging();

}  // namespace telex::app
