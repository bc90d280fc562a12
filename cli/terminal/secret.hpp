#pragma once
// Reads secrets from a file or the terminal, and writes them to a file.
#include "base/result.hpp"
#include "cli/terminal/input.hpp"
#include "cli/terminal/signal_waiter.hpp"

#include <string>
#include <string_view>

namespace telex::cli {

// Reads the first line of a file. An empty line is an error. Errors name the file.
[[nodiscard]] Result<std::string, InputError> read_secret_file(
    const std::string& path, SignalWaiter& signals
);

// Prompts on the terminal with echo off. Without a terminal, reads the first line of standard
// input.
[[nodiscard]] Result<std::string, InputError> prompt_secret(
    std::string_view prompt, SignalWaiter& signals
);

// Creates a file with mode 0600. An existing file is an error and stays unchanged. Errors name the
// file.
[[nodiscard]] Result<void, std::string> create_private_file(
    const std::string& path, std::string_view text
);

}  // namespace telex::cli
