#include "client/sender.hpp"

namespace telex::client {

void Sender::pump(Link& link, bool ending) {
    if (send_ended_) {
        return;
    }
    ByteView bytes;
    {
        const std::scoped_lock lock(state_.mutex);
        if (state_.write_running) {
            return;
        }
        state_.put_outcomes();
        bytes = state_.buffer.writable(state_.is_connected());
        state_.write_running = !bytes.empty();
    }
    if (!bytes.empty()) {
        link.write(bytes);
    } else if (ending) {
        send_ended_ = true;
        link.shutdown_send();
    }
}

void Sender::on_wrote(std::size_t bytes) {
    const std::scoped_lock lock(state_.mutex);
    state_.buffer.wrote(bytes);
    state_.write_running = false;
    if (state_.waiting_for_room != 0) {
        state_.room.notify_all();
    }
}

}  // namespace telex::client
