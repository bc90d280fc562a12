#pragma once
// External input of a configuration: environment variables, files, processors, time. A value, so
// that tests and the fuzzer provide their own.
#include "config/parse/input_file.hpp"

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace telex::config {

struct Environment {
    std::map<std::string, std::string, std::less<>> variables;
    uid_t uid = 0;
    // For `reactors: auto`.
    unsigned processors = 1;
    // Time at which certificates must be valid, in Unix seconds; not checked if unset.
    std::optional<std::int64_t> certificates_at;
    // For configurations that are made from another server's command line and files: passwords as
    // digests of this process (auth/memory_digest.hpp), private keys that other users can read.
    bool is_compatible = false;
    // If false, ${file:} and ${credential:} fail.
    bool may_read_files = true;

    // Copies the variables of this process. No other thread may change them meanwhile.
    static Environment of_process();

    // TELEX_RUNTIME_DIR always has a value: the default folder for sockets
    // (net/runtime_directory.hpp).
    std::optional<std::string> variable(std::string_view name) const;
    [[nodiscard]] Result<std::string, FileError> file(const std::string& path) const;
};

}  // namespace telex::config
