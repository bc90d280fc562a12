#include "sd/journal.hpp"

#include "net/socket_options.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace telex::sd {

namespace {

// Doubled and capped by the kernel: room for several long entries that the journal has not read
// yet.
constexpr int kSendBuffer = 1 << 20;

void append_little_endian(std::string& out, std::uint64_t number) {
    for (unsigned i = 0; i < sizeof number; ++i) {
        out.push_back(static_cast<char>((number >> (8U * i)) & 0xFFU));
    }
}

net::SocketAddress address_of(std::string_view path) {
    net::Address address;
    address.transport = net::Transport::unix_datagram;
    address.path = path;
    return net::unix_socket_address(address);
}

// Of a socket that blocks, and so waits as long as this and no longer. The kernel reads 0 as "for
// ever": never send it.
bool set_send_timeout(int fd, std::chrono::milliseconds patience) {
    patience = std::max(patience, std::chrono::milliseconds(1));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
    const timeval timeout{seconds.count(), std::chrono::microseconds(patience - seconds).count()};
    return ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout) == 0;
}

}  // namespace

std::string journal_entry(std::span<const std::string> fields) {
    std::string entry;
    for (const std::string& field : fields) {
        if (field.find('\n') == std::string::npos) {
            entry += field;
        } else {
            // The line's end does not end such a value: its size goes before it.
            const std::size_t equals = field.find('=');
            const std::string_view value = std::string_view(field).substr(equals + 1);
            entry.append(field, 0, equals).push_back('\n');
            append_little_endian(entry, value.size());
            entry += value;
        }
        entry.push_back('\n');
    }
    return entry;
}

Journal::Journal(std::string_view path, std::chrono::milliseconds patience)
    : where_(address_of(path)), patience_(patience) {
    // Now, because later there may be no descriptor, which the log is to say.
    (void)open();
}

bool Journal::open() {
    if (socket_) {
        return true;
    }
    net::UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // Without the time-out a send could block forever.
    if (socket && set_send_timeout(socket.get(), patience_)) {
        // A smaller buffer still carries lines.
        (void)net::set_send_buffer(socket.get(), kSendBuffer);
        socket_ = std::move(socket);
    }
    return static_cast<bool>(socket_);
}

// The address is passed with each entry, so that a restarted journal is found.
bool Journal::send(std::string_view entry) {
    if (!open()) {
        return false;
    }
    const int flags = MSG_NOSIGNAL | (stuck_ ? MSG_DONTWAIT : 0);
    ssize_t sent = 0;
    do {
        sent =
            ::sendto(socket_.get(), entry.data(), entry.size(), flags, where_.get(), where_.length);
    } while (sent < 0 && errno == EINTR);
    stuck_ = sent < 0 && errno == EAGAIN;
    return sent >= 0;
}

}  // namespace telex::sd
