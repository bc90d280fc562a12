#pragma once
// ByteStream over TLS over a connected TCP socket.
#include "net/fd.hpp"
#include "server/stream/byte_stream.hpp"
#include "tls/context.hpp"

#include <memory>

namespace telex::server {

// Takes the socket, which must be connected and non-blocking. Throws std::bad_alloc.
std::unique_ptr<ByteStream> make_tls_stream(
    net::UniqueFd fd, tls::ContextPtr context, Forwarding forwarding = Forwarding::none
);

}  // namespace telex::server
