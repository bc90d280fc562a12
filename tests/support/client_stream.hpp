#pragma once
// The client's end of a connection, as a blocking stream of bytes or packets: a socket, or a stream
// in memory. Any one thread. Calls that wait too long throw std::runtime_error.
#include "base/bytes.hpp"

#include <string>

namespace telex::testing {

class ClientStream {
public:
    virtual ~ClientStream() = default;

    virtual void send(ByteView bytes) = 0;
    // No more will be sent; what the server answers can still be read.
    virtual void finish() = 0;
    // As when the process dies with input unread: the server sees a reset.
    virtual void vanish() = 0;
    // Returns the available bytes, at least one; empty at the end. One packet where the stream
    // keeps them.
    virtual std::string receive() = 0;
    virtual bool keeps_packets() const = 0;
};

}  // namespace telex::testing
