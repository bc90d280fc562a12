// The baseline for datagrams: receives them with recvmmsg and counts them.
//
//   datagram_sink PORT BYTES      listens on 127.0.0.1; BYTES per datagram. Prints the number of
//                                 datagrams at SIGTERM.
#include "socket.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using telex::bench::fail;

constexpr std::size_t kBatch = 16;
constexpr std::size_t kSlot = 65'535;

volatile std::sig_atomic_t stopped = 0;

int listen_on(int port) {
    const int fd = telex::bench::open_socket(AF_INET, SOCK_DGRAM);
    const int on = 1;
    ::setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);
    telex::bench::bind_to_loopback(fd, port);
    return fd;
}

std::size_t bytes_until_stopped(int fd) {
    std::vector<char> storage(kBatch * kSlot);
    std::array<iovec, kBatch> vectors{};
    std::array<mmsghdr, kBatch> headers{};
    for (std::size_t i = 0; i < kBatch; ++i) {
        vectors[i] = {storage.data() + i * kSlot, kSlot};
        headers[i].msg_hdr.msg_iov = &vectors[i];
        headers[i].msg_hdr.msg_iovlen = 1;
    }
    std::size_t bytes = 0;
    while (stopped == 0) {
        const int got = ::recvmmsg(fd, headers.data(), kBatch, MSG_WAITFORONE, nullptr);
        for (int i = 0; i < got; ++i) {
            bytes += headers[static_cast<std::size_t>(i)].msg_len;
        }
    }
    return bytes;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        fail("usage: datagram_sink PORT BYTES");
    }
    struct sigaction action{};
    action.sa_handler = [](int) { stopped = 1; };
    ::sigaction(SIGTERM, &action, nullptr);
    const int fd = listen_on(std::atoi(argv[1]));
    std::printf("%zu\n", bytes_until_stopped(fd) / static_cast<std::size_t>(std::atoi(argv[2])));
    return 0;
}
