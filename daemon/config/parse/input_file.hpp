#pragma once
// Reads a small regular file whole, on behalf of an operator's path: never waits on a FIFO, never
// reads a device or a directory, never more than asked.
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::config {

enum class FileProblem : std::uint8_t { unreadable, no_permission, unfit };

struct FileError {
    // unfit: it is there and can be read, but is not what it should be.
    FileProblem problem = FileProblem::unreadable;
    std::string text;  // without the path
};

[[nodiscard]] Result<std::string, FileError> read_regular_file(
    const std::string& path, std::size_t max_bytes
);

}  // namespace telex::config
