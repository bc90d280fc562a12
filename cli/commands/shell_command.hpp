#pragma once
// Runs a shell command that replies to a request: the payload is its standard input, the reply its
// standard output, the subject is in TELEX_SUBJECT.
//
//      start ──▶ feed and read ──exit──▶ done
//                     ├──time limit──▶ kill the process group ──▶ done (error)
//                     └──output limit──▶ kill the process group ──▶ done (error)
#include "base/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace telex::cli {

struct ShellLimits {
    std::chrono::milliseconds time;
    std::size_t max_output = 0;
};

struct ShellResult {
    std::string output;
    std::string error;  // empty if the exit status was 0
};

// Waits until the command ends, but not for processes that it leaves in the background. The command
// gets its own process group, so that Ctrl-C does not interrupt it. Any thread. Requires that
// SIGPIPE is ignored.
ShellResult run_shell_command(
    const std::string& command,
    const std::string& subject,
    ByteView input,
    const ShellLimits& limits
);

}  // namespace telex::cli
