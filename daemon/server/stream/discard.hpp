#pragma once
// Reads and throws away what a closing connection still receives.
#include "server/stream/byte_stream.hpp"

namespace telex::server {

// Reads a bounded amount. Returns `again` if there is no more for now, `done` if there may be, else
// the end or the error.
IoResult::Status discard_input(ByteStream& stream);

}  // namespace telex::server
