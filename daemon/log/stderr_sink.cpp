#include "log/stderr_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string_view>

namespace telex::log {

// A write of more bytes than a pipe has room for blocks until the reader reads, and O_NONBLOCK
// would also apply to other processes that share the descriptor. A pipe that polls as writable
// takes PIPE_BUF bytes at once, so a longer line is written in pieces after a poll each.
bool StderrSink::write(const spdlog::details::log_msg& line) {
    spdlog::memory_buf_t text;
    if (torn_) {
        text.push_back('\n');
    }
    formatter_->format(line, text);
    std::string_view rest(text.data(), text.size());
    while (!rest.empty() && has_room()) {
        const ssize_t written =
            ::write(fd_, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            break;  // no way to report it
        }
        torn_ = rest[static_cast<std::size_t>(written) - 1] != '\n';
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    return rest.empty();
}

bool StderrSink::has_room() {
    pollfd wait{fd_, POLLOUT, 0};
    const int timeout = stuck_ ? 0 : static_cast<int>(patience_.count());
    int ready = 0;
    do {
        ready = ::poll(&wait, 1, timeout);
    } while (ready < 0 && errno == EINTR);
    stuck_ = ready != 1;
    return !stuck_;
}

}  // namespace telex::log
