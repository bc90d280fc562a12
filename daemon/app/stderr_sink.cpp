#include "app/stderr_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string_view>

namespace telex::app {

// A write of more than a pipe has room for waits for its reader, and without O_NONBLOCK, which
// whoever shares the descriptor would have as well, it waits for ever. A pipe that polls as
// writable takes PIPE_BUF bytes at once, so a longer line goes in pieces, each of them polled for.
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
            break;  // there is nowhere to complain to
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

}  // namespace telex::app
