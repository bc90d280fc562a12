// One thread per publisher sends blocks of 64 KiB; one thread receives for all subscribers and
// counts bytes.
#include "blocks.hpp"
#include "handshake.hpp"
#include "load.hpp"
#include "socket.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace telex::bench {

namespace {

using Clock = std::chrono::steady_clock;

std::string subject_of(const Load& load, std::size_t index) {
    return load.pairs ? "bench." + std::to_string(index) : "bench.a";
}

std::vector<Socket> connect_subscribers(const Load& load) {
    std::vector<Socket> sockets;
    for (std::size_t i = 0; i < load.subscribers; ++i) {
        sockets.emplace_back(load.subscriber_target);
        subscribe(load.subscriber_protocol, sockets.back(), subject_of(load, i));
    }
    return sockets;
}

std::vector<Socket> connect_publishers(const Load& load) {
    std::vector<Socket> sockets;
    for (std::size_t i = 0; i < load.publishers; ++i) {
        sockets.emplace_back(load.target);
        greet(load.protocol, sockets.back(), subject_of(load, i));
    }
    return sockets;
}

void send_messages(const Load& load, const Socket& socket, std::size_t index) {
    const std::string message =
        load.protocol.publish(subject_of(load, index), std::string(load.size, 'x'));
    const std::size_t at_once = per_block(message.size());
    std::string block;
    for (std::size_t i = 0; i < at_once; ++i) {
        block += message;
    }
    for (std::size_t left = load.messages; left > 0;) {
        const std::size_t now = std::min(left, at_once);
        socket.send_all(std::string_view(block).substr(0, now * message.size()));
        left -= now;
        if (load.protocol.replies_to_publish()) {
            socket.discard_arrived();
        }
    }
}

void receive_bytes(const std::vector<Socket>& sockets, std::size_t bytes) {
    const int poller = ::epoll_create1(EPOLL_CLOEXEC);
    for (const Socket& socket : sockets) {
        epoll_event event{.events = EPOLLIN, .data = {.ptr = const_cast<Socket*>(&socket)}};
        ::epoll_ctl(poller, EPOLL_CTL_ADD, socket.fd(), &event);
    }
    std::vector<char> buffer(256U << 10U);
    std::array<epoll_event, 64> events;
    while (bytes > 0) {
        const int ready = ::epoll_wait(poller, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < ready; ++i) {
            const auto* socket =
                static_cast<const Socket*>(events[static_cast<std::size_t>(i)].data.ptr);
            const std::size_t got = socket->receive(buffer.data(), buffer.size());
            if (got > bytes) {
                fail("more bytes arrived than were sent");
            }
            bytes -= got;
        }
    }
    ::close(poller);
}

}  // namespace

std::size_t deliveries(const Load& load) {
    const std::size_t published = load.messages * load.publishers;
    return load.pairs ? published : published * load.subscribers;
}

double run_throughput(const Load& load) {
    const auto subscribers = connect_subscribers(load);
    const auto publishers = connect_publishers(load);
    const std::size_t each =
        load.subscriber_protocol.delivery_bytes(subject_of(load, 0), std::string(load.size, 'x'));
    std::vector<std::thread> senders;
    senders.reserve(publishers.size());
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < publishers.size(); ++i) {
        senders.emplace_back([&, i] { send_messages(load, publishers[i], i); });
    }
    receive_bytes(subscribers, each * deliveries(load));
    const std::chrono::duration<double> took = Clock::now() - begin;
    for (auto& sender : senders) {
        sender.join();
    }
    return took.count();
}

}  // namespace telex::bench
