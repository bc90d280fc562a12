#include "cli/terminal/output.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10U;

}  // namespace

Output::Output(int fd) : fd_(fd) {}

bool Output::write(ByteView bytes) {
    if (ended()) {
        return false;
    }
    buffer_ += bytes;
    return buffer_.size() < kBufferBytes || flush();
}

bool Output::flush() {
    ByteView rest = buffer_;
    while (!rest.empty() && !ended()) {
        const ssize_t written = ::write(fd_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            reader_closed_ = true;
        } else if (errno != EINTR) {
            error_ = errno;
        }
    }
    buffer_.clear();
    return !ended();
}

int Output::exit_code(ByteView command) const {
    if (error_ == 0) {
        return kOk;
    }
    print_error(
        command, fmt::format("standard output: {}", std::generic_category().message(error_))
    );
    return kOutputError;
}

int print(std::string_view command, std::string_view text) {
    Output output(STDOUT_FILENO);
    output.write(text);
    output.flush();
    return output.exit_code(command);
}

InputSource flushed_before(InputSource source, Output& output) {
    return [source = std::move(source), &output](char* to, std::size_t size) {
        output.flush();
        return source(to, size);
    };
}

}  // namespace telex::cli
