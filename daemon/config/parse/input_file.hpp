#pragma once
// Reads a small regular file whole. Never waits on a FIFO, reads no device or directory, and reads
// at most the given number of bytes.
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::config {

enum class FileProblem : std::uint8_t { unreadable, no_permission, unfit };

struct FileError {
    // unfit: readable, but not a regular file or too large.
    FileProblem problem = FileProblem::unreadable;
    std::string text;  // without the path
};

[[nodiscard]] Result<std::string, FileError> read_regular_file(
    const std::string& path, std::size_t max_bytes
);

}  // namespace telex::config
