#pragma once
// What a configuration may refer to outside itself. A value, so that tests and the fuzzer bring
// their own.
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
    // Certificates of listeners must be valid then (seconds since 1970); none: whenever.
    std::optional<std::int64_t> certificates_at;
    // False: ${file:} and ${credential:} find nothing.
    bool may_read_files = true;

    // A copy of this process's variables: not while another thread changes them.
    static Environment of_process();

    // TELEX_RUNTIME_DIR is always set: the default folder for sockets (net/runtime_directory.hpp).
    std::optional<std::string> variable(std::string_view name) const;
    [[nodiscard]] Result<std::string, FileError> file(const std::string& path) const;
};

}  // namespace telex::config
