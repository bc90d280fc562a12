#pragma once
// Buffered standard output. A closed pipe is a normal end (`telex sub '>' | head -1`); a full disk
// is an error.
#include "base/bytes.hpp"
#include "cli/terminal/input.hpp"

#include <string>
#include <string_view>

namespace telex::cli {

// Used by one thread at a time. SIGPIPE must be ignored.
class Output {
public:
    explicit Output(int fd);

    // Returns false if the output has ended.
    bool write(ByteView bytes);
    bool flush();

    bool ended() const { return reader_closed_ || error_ != 0; }

    // Returns kOk, also if the reader closed the pipe, or kOutputError after printing the error.
    int exit_code(ByteView command) const;

private:
    int fd_;
    std::string buffer_;
    bool reader_closed_ = false;
    int error_ = 0;
};

// Writes `text` to standard output. Returns the exit code.
int print(std::string_view command, std::string_view text);

// Wraps `source`: flushes `output` before each read.
InputSource flushed_before(InputSource source, Output& output);

}  // namespace telex::cli
