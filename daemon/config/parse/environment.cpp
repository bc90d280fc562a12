#include "config/parse/environment.hpp"

#include "net/runtime_directory.hpp"

#include <unistd.h>

#include <algorithm>
#include <thread>

namespace telex::config {

namespace {

// Enough for names, passwords and keys.
constexpr std::size_t kMaxSubstitutedFile = std::size_t{64} << 10U;

}  // namespace

Environment Environment::of_process() {
    Environment environment;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) {
            environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    environment.uid = ::geteuid();
    environment.processors = std::max(1U, std::thread::hardware_concurrency());
    return environment;
}

std::optional<std::string> Environment::variable(std::string_view name) const {
    const auto set = [this](std::string_view key) -> std::optional<std::string> {
        const auto found = variables.find(key);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return name == "TELEX_RUNTIME_DIR" ? net::runtime_directory(set, uid) : set(name);
}

Result<std::string, FileError> Environment::file(const std::string& path) const {
    if (!may_read_files) {
        return unexpected(FileError{FileProblem::unreadable, "reading files is disabled"});
    }
    return read_regular_file(path, kMaxSubstitutedFile);
}

}  // namespace telex::config
