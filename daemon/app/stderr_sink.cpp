#include "app/stderr_sink.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace telex::app {

void StderrSink::sink_it_(const spdlog::details::log_msg& line) {
    if (!has_room()) {
        ++dropped_;
        return;
    }
    spdlog::memory_buf_t text;
    if (const std::uint64_t lost = std::exchange(dropped_, 0); lost > 0) {
        const std::string note = fmt::format("{} log lines were dropped: nobody read them", lost);
        const spdlog::details::log_msg about(line.time, {}, {}, spdlog::level::warn, note);
        formatter_->format(about, text);
    }
    formatter_->format(line, text);
    write_whole(text.data(), text.size());
}

// A pipe that polls as writable takes PIPE_BUF bytes at once, which is more than a line of ours.
bool StderrSink::has_room() {
    pollfd wait{fd_, POLLOUT, 0};
    const int timeout = stuck_ ? 0 : static_cast<int>(patience_.count());
    stuck_ = ::poll(&wait, 1, timeout) != 1;
    return !stuck_;
}

void StderrSink::write_whole(const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t written = ::write(fd_, data, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            ++dropped_;  // there is nowhere to complain to
            return;
        }
        data += written;
        size -= static_cast<std::size_t>(written);
    }
}

}  // namespace telex::app
