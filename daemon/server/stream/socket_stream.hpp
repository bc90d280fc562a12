#pragma once
// ByteStream over a connected socket: tcp and unix streams, and unix seqpacket, which keeps
// packets.
#include "net/fd.hpp"
#include "server/stream/byte_stream.hpp"

#include <memory>

namespace telex::server {

// Takes a connected, non-blocking socket of any of these kinds. Sets TCP_NODELAY and keep-alive
// where they apply.
std::unique_ptr<ByteStream> make_socket_stream(
    net::UniqueFd fd, Forwarding forwarding = Forwarding::none
);

}  // namespace telex::server
