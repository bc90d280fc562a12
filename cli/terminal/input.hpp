#pragma once
// Sources of bytes: standard input, which Ctrl-C interrupts, or a file.
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace telex::cli {

class SignalWaiter;

enum class InputEnd : std::uint8_t { none, end, interrupted, failed };

struct InputChunk {
    std::size_t size = 0;
    InputEnd end = InputEnd::none;  // `size` is 0 when set
    std::string error;              // failed: why
};

// Reads up to `size` bytes; waits for at least one.
using InputSource = std::function<InputChunk(char* to, std::size_t size)>;

// If `signals` is null, signals keep their default actions. Both must outlive the source.
InputSource read_from(int fd, SignalWaiter* signals);

struct InputError {
    int exit_code = 0;
    std::string text;
};

// Reads to the end. More than `max_bytes` is an error.
[[nodiscard]] Result<std::string, InputError> read_all(
    const InputSource& source, std::size_t max_bytes
);
[[nodiscard]] Result<std::string, InputError> read_file(
    const std::string& path, std::size_t max_bytes
);

}  // namespace telex::cli
