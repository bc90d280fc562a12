#pragma once
// ByteStream over a connected socket: tcp and unix streams, and unix seqpacket, which keeps
// packets.
#include "net/fd.hpp"
#include "server/stream/byte_stream.hpp"

#include <memory>

namespace telex::server {

// Takes the socket, which must be connected and non-blocking; tells the kind by itself and sets
// TCP_NODELAY and keep-alive where they apply.
std::unique_ptr<ByteStream> make_socket_stream(net::UniqueFd fd);

}  // namespace telex::server
