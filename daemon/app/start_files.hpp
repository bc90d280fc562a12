#pragma once
// Files that programs of other servers expect of a daemon: its log and its process id.
#include "base/result.hpp"

#include <string>

namespace telex::app {

// Appends standard error, and with it the log, to the file. Called before there are threads.
[[nodiscard]] Result<void, std::string> log_to_file(const std::string& path);

// Writes the id of this process to the file, as a whole: a reader never sees a part. The file stays
// when the process ends.
[[nodiscard]] Result<void, std::string> write_pid_file(const std::string& path);

}  // namespace telex::app
