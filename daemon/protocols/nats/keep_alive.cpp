#include "protocols/nats/keep_alive.hpp"

#include "protocols/nats/error_text.hpp"

namespace telex::session::nats {

void KeepAlive::on_tick(NatsOutput& output) {
    if (output.transport().now() < next_deadline(output)) {
        return;
    }
    const TimePoint last = output.transport().last_received();
    if (silence_ != last) {
        silence_ = last;
        pings_ = 0;
    }
    if (pings_ == kMaxPings) {
        output.fail(
            v1::IDLE_TIMEOUT,
            CloseReason::idle_timeout,
            kStaleConnection,
            "no data received, not even after two PINGs"
        );
        return;
    }
    ++pings_;
    pinged_at_ = output.transport().now();
    output.write("PING");
}

TimePoint KeepAlive::next_deadline(const NatsOutput& output) const {
    const auto& timeout = output.options().idle_timeout;
    if (!timeout) {
        return TimePoint::max();
    }
    const TimePoint last = output.transport().last_received();
    return (silence_ == last ? pinged_at_ : last) + *timeout;
}

}  // namespace telex::session::nats
