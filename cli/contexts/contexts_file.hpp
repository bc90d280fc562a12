#pragma once
// The file of a user's contexts: telex/contexts.yaml in $XDG_CONFIG_HOME, or in ~/.config.
//
// It decides which exchange gets the user's messages and secrets. A file that belongs to another
// user, or that others can read or write, is refused.
#include "base/result.hpp"
#include "cli/contexts/contexts.hpp"
#include "net/fd.hpp"

#include <string>

namespace telex::cli {

// Returns an empty text if neither variable has an absolute path.
std::string contexts_path();

// Returns no contexts if there is no such file. Errors name the file.
[[nodiscard]] Result<Contexts, std::string> read_contexts(const std::string& path);

// Creates the folder of the file, with mode 0700. While the descriptor is open, other processes
// wait here: a change holds it from its read to its write. Errors name the folder.
[[nodiscard]] Result<net::UniqueFd, std::string> lock_contexts(const std::string& path);

// Replaces the file at once, with mode 0600; its folder is created with 0700. Errors name the file.
[[nodiscard]] Result<void, std::string> write_contexts(
    const std::string& path, const Contexts& contexts
);

}  // namespace telex::cli
