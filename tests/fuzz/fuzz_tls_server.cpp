// Any bytes on a TLS port: the handshake ends with an error and its text.
#include "support/certificates.hpp"
#include "tls/channel.hpp"
#include "tls/server_context.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using telex::tls::Channel;

// Maximum that the socket pair buffers.
constexpr std::size_t kMostBytes = 64U << 10U;

telex::tls::ContextPtr context() {
    static const telex::tls::ContextPtr made = [] {
        telex::testing::Certificates certificates;
        certificates.issue("server");
        telex::tls::ServerOptions options;
        options.certificate = certificates.certificate("server");
        options.key = certificates.key("server");
        options.client_ca = certificates.certificate("ca");
        options.protocol = "telex";
        return telex::tls::make_server_context(options).value();
    }();
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) != 0) {
        std::abort();
    }
    if (::send(fds[1], data, std::min(size, kMostBytes), MSG_NOSIGNAL) < 0 && size > 0) {
        std::abort();
    }
    ::shutdown(fds[1], SHUT_WR);
    {
        Channel channel(context(), fds[0], Channel::Side::server);
        // No more input: do not wait.
        if (channel.handshake().status != telex::IoStatus::error || channel.failure().empty()) {
            std::abort();
        }
    }
    ::close(fds[0]);
    ::close(fds[1]);
    return 0;
}
