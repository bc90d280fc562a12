#include "sd/notify.hpp"

#include "net/datagram.hpp"
#include "net/socket_options.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

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
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
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
    return send(fmt::format("READY=1\nSTATUS={}", one_line(status)));
}

bool Notifier::reloading() {
    return send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_microseconds()));
}

bool Notifier::stopping() {
    return send("STOPPING=1");
}

bool Notifier::status(std::string_view text) {
    return send(fmt::format("STATUS={}", one_line(text)));
}

bool Notifier::extend_start(std::chrono::microseconds more) {
    return send(fmt::format("EXTEND_TIMEOUT_USEC={}", more.count()));
}

bool Notifier::failed(int code, std::string_view text) {
    return send(fmt::format("STATUS={}\nERRNO={}", one_line(text), code));
}

bool Notifier::watchdog() {
    return send("WATCHDOG=1");
}

bool Notifier::send(std::string_view message) {
    const bool silent = usable_ && !socket_;
    if (silent ||
        (usable_ && net::send_to(socket_.get(), where_, message).status == net::IoStatus::done)) {
        return true;
    }
    return std::exchange(warned_, true);
}

}  // namespace telex::sd
