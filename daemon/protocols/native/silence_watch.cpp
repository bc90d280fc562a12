#include "protocols/native/silence_watch.hpp"

namespace telex::session::native {

void SilenceWatch::on_tick(bool waits) {
    const TimePoint last = transport_.last_received();
    if (!options_.idle_timeout || transport_.now() - last < *options_.idle_timeout) {
        return;
    }
    if (options_.datagram) {
        if (!waits) {
            output_.close(CloseReason::idle_timeout);
        }
    } else if (pinged_silence_ != last) {
        ping(last);
    } else if (transport_.now() - pinged_at_ >= *options_.idle_timeout) {
        output_.fail(
            v1::IDLE_TIMEOUT, CloseReason::idle_timeout, "no data received, not even after a Ping"
        );
    }
}

void SilenceWatch::ping(TimePoint last_received) {
    pinged_silence_ = last_received;
    pinged_at_ = transport_.now();
    v1::Frame frame;
    frame.mutable_ping()->set_nonce(++pings_);
    output_.write(frame);
}

TimePoint SilenceWatch::next_deadline() const {
    if (!options_.idle_timeout) {
        return TimePoint::max();
    }
    const TimePoint last = transport_.last_received();
    return (pinged_silence_ == last ? pinged_at_ : last) + *options_.idle_timeout;
}

}  // namespace telex::session::native
