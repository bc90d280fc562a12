#include "protocols/native/silence_watch.hpp"

namespace telex::session::native {

void SilenceWatch::on_tick(bool waits) {
    const TimePoint last = output_.transport().last_received();
    if (!output_.options().idle_timeout ||
        output_.transport().now() - last < *output_.options().idle_timeout) {
        return;
    }
    if (output_.options().datagram) {
        if (!waits) {
            output_.close(CloseReason::idle_timeout);
        }
    } else if (pinged_silence_ != last) {
        ping(last);
    } else if (output_.transport().now() - pinged_at_ >= *output_.options().idle_timeout) {
        output_.fail(
            v1::IDLE_TIMEOUT, CloseReason::idle_timeout, "no data received, not even after a Ping"
        );
    }
}

void SilenceWatch::ping(TimePoint last_received) {
    pinged_silence_ = last_received;
    pinged_at_ = output_.transport().now();
    v1::Frame frame;
    frame.mutable_ping()->set_nonce(++pings_);
    output_.write(frame);
}

TimePoint SilenceWatch::next_deadline() const {
    if (!output_.options().idle_timeout) {
        return TimePoint::max();
    }
    const TimePoint last = output_.transport().last_received();
    return (pinged_silence_ == last ? pinged_at_ : last) + *output_.options().idle_timeout;
}

}  // namespace telex::session::native
