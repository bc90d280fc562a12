#pragma once
// Sources of bytes: standard input or a file. Ctrl-C interrupts both.
#include "base/result.hpp"
#include "net/fd.hpp"

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

struct InputError {
    int exit_code = 0;  // kInterrupted: print nothing
    std::string text;
};

// Reads up to `size` bytes; waits for at least one.
using InputSource = std::function<InputChunk(char* to, std::size_t size)>;

// Opens a file for reading. If `signals` is not null, does not wait for the writer of a FIFO: a
// source with the same `signals` does. Errors name the file.
[[nodiscard]] Result<net::UniqueFd, InputError> open_input(
    const std::string& path, SignalWaiter* signals
);

// If `signals` is null, signals keep their default actions. Both must outlive the source.
InputSource read_from(int fd, SignalWaiter* signals);

// Reads to the end. More than `max_bytes` is an error.
[[nodiscard]] Result<std::string, InputError> read_all(
    const InputSource& source, std::size_t max_bytes
);
[[nodiscard]] Result<std::string, InputError> read_file(
    const std::string& path, std::size_t max_bytes, SignalWaiter* signals
);

}  // namespace telex::cli
