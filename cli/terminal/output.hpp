#pragma once
// Standard output, buffered, that knows when its reader is gone: `telex sub '>' | head -1` is a
// normal end, a full disk is an error.
#include "base/bytes.hpp"
#include "cli/terminal/input.hpp"

#include <string>
#include <string_view>

namespace telex::cli {

// Used by one thread at a time. SIGPIPE must be ignored.
class Output {
public:
    explicit Output(int fd);

    // False once nothing more can be written.
    bool write(ByteView bytes);
    bool flush();

    bool ended() const { return reader_gone_ || error_ != 0; }

    // kOk (also when the reader is gone) or kOutputError, after a complaint.
    int exit_code(ByteView verb) const;

private:
    int fd_;
    std::string buffer_;
    bool reader_gone_ = false;
    int error_ = 0;
};

// Writes all of `text` to standard output; returns the exit code.
int print(std::string_view verb, std::string_view text);

// `source`, with everything written before each wait for input.
InputSource flushed_before(InputSource source, Output& output);

}  // namespace telex::cli
