#include "protocols/nats/keep_alive.hpp"

#include "protocols/nats/error_text.hpp"

namespace telex::session::nats {

void KeepAlive::on_tick() {
    if (output_.transport().now() < next_deadline()) {
        return;
    }
    const TimePoint last = output_.transport().last_received();
    if (silence_ != last) {
        silence_ = last;
        pings_ = 0;
    }
    if (pings_ == kMaxPings) {
        output_.fail(
            v1::IDLE_TIMEOUT,
            CloseReason::idle_timeout,
            kStaleConnection,
            "no data received, not even after two PINGs"
        );
        return;
    }
    ++pings_;
    pinged_at_ = output_.transport().now();
    output_.write("PING");
}

TimePoint KeepAlive::next_deadline() const {
    const auto& timeout = output_.options().idle_timeout;
    if (!timeout) {
        return TimePoint::max();
    }
    const TimePoint last = output_.transport().last_received();
    return (silence_ == last ? pinged_at_ : last) + *timeout;
}

}  // namespace telex::session::nats
