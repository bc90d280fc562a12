#pragma once
// One run of a shell command that answers a request: the payload on its standard input, the answer
// on its standard output, the subject in TELEX_SUBJECT.
//
//      start ──▶ feed and read ──exit──▶ done
//                     ├──time is up──▶ kill the process group ──▶ done (error)
//                     └──too much output──▶ kill the process group ──▶ done (error)
#include "base/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace telex::cli {

struct CommandLimits {
    std::chrono::milliseconds time;
    std::size_t max_output = 0;
};

struct CommandResult {
    std::string output;
    std::string error;  // empty: the command ended with 0
};

// Waits for the end. The command is the leader of a process group of its own, so that Ctrl-C lets
// it finish. What it leaves running in the background is not waited for. Any thread; SIGPIPE
// must be ignored.
CommandResult run_command(
    const std::string& command,
    const std::string& subject,
    ByteView input,
    const CommandLimits& limits
);

}  // namespace telex::cli
