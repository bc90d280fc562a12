#pragma once
// Reads and throws away what a closing connection still receives.
#include "server/stream/byte_stream.hpp"

namespace telex::server {

// Reads a bounded amount. Returns `wait_read` if no more has arrived, `done` if more may have,
// else the end or the error.
IoStatus discard_input(ByteStream& stream);

}  // namespace telex::server
