#pragma once
// Moves bytes from the shared buffer to the link, one write at a time. I/O thread only.
#include "client/link.hpp"
#include "client/shared_state.hpp"

#include <cstddef>

namespace telex::client {

class Sender {
public:
    explicit Sender(SharedState& state) : state_(state) {}

    // Starts a new connection.
    void begin() { send_ended_ = false; }

    // Writes if there is something to write and no write is running. `ending`: shuts down the
    // sending side once everything was written.
    void pump(Link& link, bool ending);
    // The link has written `bytes`.
    void on_wrote(std::size_t bytes);

private:
    SharedState& state_;
    bool send_ended_ = false;
};

}  // namespace telex::client
