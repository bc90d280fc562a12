#pragma once
// Secrets that the tool is given: from a file or the terminal, and into a file.
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace telex::cli {

// The first line of a small file. Errors: texts that name the file; an empty line is one.
[[nodiscard]] Result<std::string, std::string> read_secret_file(const std::string& path);

// Asks on the terminal, without showing what is typed; without a terminal, reads the first line of
// standard input.
[[nodiscard]] Result<std::string, std::string> ask_secret(std::string_view prompt);

// Makes a file that only its owner can read. Errors: texts that name the file; one that exists is
// left as it is.
[[nodiscard]] Result<void, std::string> write_secret_file(
    const std::string& path, std::string_view text
);

}  // namespace telex::cli
