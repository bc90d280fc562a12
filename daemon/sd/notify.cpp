#include "sd/notify.hpp"

#include "base/time.hpp"
#include "net/socket_options.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

namespace telex::sd {

namespace {

// A line break would begin another assignment.
std::string one_line(std::string_view text) {
    std::string line(text);
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

std::optional<net::SocketAddress> notify_address(std::string_view text) {
    net::Address address;
    address.transport = net::Transport::unix_datagram;
    address.abstract = text.starts_with('@');
    address.path = address.abstract ? text.substr(1) : text;
    const bool known = address.abstract || text.starts_with('/');
    if (!known || address.path.empty() || address.path.size() > net::kMaxUnixPath) {
        return std::nullopt;
    }
    return net::unix_socket_address(address);
}

std::int64_t monotonic_microseconds() {
    const auto now = Clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

Notifier::Notifier() {
    std::uint64_t interval = 0;
    if (::sd_watchdog_enabled(0, &interval) > 0) {
        watchdog_ = std::chrono::microseconds(interval);
    }
    const char* text = std::getenv("NOTIFY_SOCKET");
    if (text == nullptr || *text == '\0') {
        return;
    }
    if (auto socket = net::open_socket(AF_UNIX, SOCK_DGRAM)) {
        socket_ = *std::move(socket);
    }
    if (const auto address = notify_address(text)) {
        where_ = *address;
    }
    usable_ = socket_ && where_.length > 0;
}

bool Notifier::ready(std::string_view status) {
    const bool sent = tell(fmt::format("READY=1\nSTATUS={}", one_line(status)));
    patience_ = std::chrono::milliseconds(0);
    return sent;
}

bool Notifier::reloading() {
    patience_ = kPatience;
    return tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_microseconds()));
}

bool Notifier::stopping() {
    return tell("STOPPING=1");
}

bool Notifier::status(std::string_view text) {
    return tell(fmt::format("STATUS={}", one_line(text)));
}

bool Notifier::extend_start(std::chrono::microseconds more) {
    return tell(fmt::format("EXTEND_TIMEOUT_USEC={}", more.count()));
}

bool Notifier::failed(int code, std::string_view text) {
    return tell(fmt::format("STATUS={}\nERRNO={}", one_line(text), code));
}

bool Notifier::watchdog() {
    return tell("WATCHDOG=1");
}

bool Notifier::store(std::string_view name, std::span<const int> descriptors) {
    return send(fmt::format("FDSTORE=1\nFDPOLL=0\nFDNAME={}", name), descriptors);
}

bool Notifier::remove_stored(std::string_view name) {
    return send(fmt::format("FDSTOREREMOVE=1\nFDNAME={}", name));
}

// The manager closes the descriptor that comes with a message when it has processed the message.
bool Notifier::barrier(std::chrono::milliseconds within) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    const net::UniqueFd ours(ends[0]);
    net::UniqueFd theirs(ends[1]);
    const int passed[] = {theirs.get()};
    if (!send("BARRIER=1", passed)) {
        return false;
    }
    theirs.reset();
    pollfd waiting{ours.get(), 0, 0};
    return ::poll(&waiting, 1, static_cast<int>(within.count())) == 1;
}

bool Notifier::tell(std::string_view message) {
    const bool nobody_asked = usable_ && !socket_;
    return nobody_asked || send(message) || std::exchange(warned_, true);
}

bool Notifier::send(std::string_view message, std::span<const int> descriptors) {
    constexpr std::chrono::milliseconds kPause{1};
    if (!usable_ || !socket_) {
        return false;
    }
    bool sent = send_once(message, descriptors);
    while (!sent && errno == EAGAIN && patience_.count() > 0) {
        patience_ -= kPause;
        std::this_thread::sleep_for(kPause);
        sent = send_once(message, descriptors);
    }
    return sent;
}

bool Notifier::send_once(std::string_view message, std::span<const int> descriptors) const {
    iovec text{const_cast<char*>(message.data()), message.size()};
    std::vector<char> control(descriptors.empty() ? 0 : CMSG_SPACE(descriptors.size_bytes()));
    net::SocketAddress where = where_;
    msghdr header{};
    header.msg_name = where.get();
    header.msg_namelen = where.length;
    header.msg_iov = &text;
    header.msg_iovlen = 1;
    if (!descriptors.empty()) {
        header.msg_control = control.data();
        header.msg_controllen = control.size();
        cmsghdr* const rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
    }
    ssize_t sent = 0;
    do {
        sent = ::sendmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

}  // namespace telex::sd
