#include "load.hpp"
#include "socket.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

namespace telex::bench {

namespace {

using Clock = std::chrono::steady_clock;

// Maximum per call of the kernel, coalesced or not.
constexpr std::size_t kBatch = 64;

void send_singly(int fd, const std::string& payload, std::size_t count) {
    iovec vector{const_cast<char*>(payload.data()), payload.size()};
    std::array<mmsghdr, kBatch> headers{};
    for (mmsghdr& header : headers) {
        header.msg_hdr.msg_iov = &vector;
        header.msg_hdr.msg_iovlen = 1;
    }
    for (std::size_t left = count; left > 0;) {
        const std::size_t now = std::min(left, kBatch);
        const int sent = ::sendmmsg(fd, headers.data(), static_cast<unsigned>(now), 0);
        if (sent <= 0) {
            fail("sendmmsg");
        }
        left -= static_cast<std::size_t>(sent);
    }
}

void send_coalesced(int fd, const std::string& payload, std::size_t count) {
    const int segment = static_cast<int>(payload.size());
    if (::setsockopt(fd, SOL_UDP, UDP_SEGMENT, &segment, sizeof segment) != 0) {
        fail("UDP_SEGMENT");
    }
    std::string batch;
    for (std::size_t i = 0; i < kBatch; ++i) {
        batch += payload;
    }
    for (std::size_t left = count; left > 0;) {
        const std::size_t now = std::min(left, kBatch);
        const std::size_t bytes = now * payload.size();
        if (::send(fd, batch.data(), bytes, 0) != static_cast<ssize_t>(bytes)) {
            fail("send");
        }
        left -= now;
    }
}

}  // namespace

double send_datagrams(const Load& load) {
    const int fd = connect_datagrams(load.target);
    const std::string payload(load.size, 'x');
    const auto begin = Clock::now();
    (load.coalesced ? send_coalesced : send_singly)(fd, payload, load.messages);
    const std::chrono::duration<double> took = Clock::now() - begin;
    ::close(fd);
    return took.count();
}

}  // namespace telex::bench
