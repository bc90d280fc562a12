// The baseline: a relay that only copies bytes. The first two bytes of a connection are its role
// and its channel; bytes from a publisher ("p") go to every subscriber ("s") of the channel. Each
// further byte from a subscriber is one more subscription: it then receives a copy for each.
//
//   exchange_relay PORT      listens on 127.0.0.1
#include "socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using telex::bench::fail;

constexpr std::size_t kReadBytes = 256U << 10U;

struct Connection {
    char role = 0;
    char channel = 0;
};

struct Subscriber {
    int fd = -1;
    std::size_t copies = 1;
};

class Relay {
public:
    explicit Relay(int port) : poller_(::epoll_create1(0)), listener_(listen_on(port)) {
        watch(listener_);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 64> events;
        for (;;) {
            const int ready = ::epoll_wait(poller_, events.data(), 64, -1);
            for (int i = 0; i < ready; ++i) {
                const int fd = events[static_cast<std::size_t>(i)].data.fd;
                if (fd == listener_) {
                    accept_one();
                } else {
                    serve(fd);
                }
            }
        }
    }

private:
    static int listen_on(int port) {
        const int fd = telex::bench::open_socket(AF_INET, SOCK_STREAM);
        const int on = 1;
        ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        telex::bench::bind_to_loopback(fd, port);
        if (::listen(fd, 128) != 0) {
            fail("cannot listen");
        }
        return fd;
    }

    void watch(int fd) const {
        epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
        ::epoll_ctl(poller_, EPOLL_CTL_ADD, fd, &event);
    }

    void accept_one() {
        const int fd = ::accept(listener_, nullptr, nullptr);
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connections_[fd] = {};
        watch(fd);
    }

    void serve(int fd) {
        Connection& connection = connections_[fd];
        if (connection.role == 0) {
            read_role(fd, connection);
            return;
        }
        const ssize_t got = ::recv(fd, buffer_.data(), buffer_.size(), 0);
        if (got <= 0) {
            remove(fd);
            return;
        }
        const auto size = static_cast<std::size_t>(got);
        if (connection.role == 's') {
            add_copies(fd, connection.channel, size);
            return;
        }
        for (const Subscriber& subscriber : subscribers_[connection.channel]) {
            deliver(subscriber, {buffer_.data(), size});
        }
    }

    void add_copies(int fd, char channel, std::size_t count) {
        for (Subscriber& subscriber : subscribers_[channel]) {
            if (subscriber.fd == fd) {
                subscriber.copies += count;
            }
        }
        send_all(fd, std::string(count, '!'));
    }

    // Joins copies to blocks, as a server that batches its output does.
    void deliver(const Subscriber& subscriber, std::string_view bytes) {
        if (subscriber.copies == 1) {
            send_all(subscriber.fd, bytes);
            return;
        }
        block_.clear();
        for (std::size_t i = 0; i < subscriber.copies; ++i) {
            block_ += bytes;
            if (block_.size() >= kReadBytes) {
                send_all(subscriber.fd, block_);
                block_.clear();
            }
        }
        send_all(subscriber.fd, block_);
    }

    void read_role(int fd, Connection& connection) {
        std::array<char, 2> first{};
        if (::recv(fd, first.data(), first.size(), MSG_WAITALL) != 2) {
            remove(fd);
            return;
        }
        connection = {first[0], first[1]};
        if (connection.role == 's') {
            subscribers_[connection.channel].push_back({.fd = fd});
        }
        ::send(fd, "!", 1, MSG_NOSIGNAL);
    }

    void remove(int fd) {
        for (auto& [channel, members] : subscribers_) {
            std::erase_if(members, [fd](const Subscriber& one) { return one.fd == fd; });
        }
        connections_.erase(fd);
        ::close(fd);
    }

    // Blocks while the subscriber does not read: the relay has no queue.
    static void send_all(int fd, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t now = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (now <= 0) {
                return;
            }
            bytes.remove_prefix(static_cast<std::size_t>(now));
        }
    }

    int poller_;
    int listener_;
    std::map<int, Connection> connections_;
    std::map<char, std::vector<Subscriber>> subscribers_;
    std::vector<char> buffer_ = std::vector<char>(kReadBytes);
    std::string block_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fail("usage: exchange_relay PORT");
    }
    Relay(std::atoi(argv[1])).run();
}
