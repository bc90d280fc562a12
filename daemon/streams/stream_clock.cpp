#include "streams/stream_clock.hpp"

#include <algorithm>

namespace telex::streams {

StreamTimes StreamClock::start(Time wall, TimePoint steady) {
    started_ = true;
    steady_ = steady;
    now_ = newest_ ? std::max(wall, *newest_) : wall;
    expiry_ = now_;
    if (newest_ && wall > *newest_ + kBelievedJump) {
        expiry_ = *newest_;
        careful_ = steady + kGrace;
    }
    return {now_, expiry_};
}

StreamTimes StreamClock::read(Time wall, TimePoint steady) {
    if (!started_) {
        return start(wall, steady);
    }
    const Duration passed = std::max(Duration{}, Duration(steady - steady_));
    steady_ = std::max(steady_, steady);
    const Time expected = now_ + passed;
    if (wall < expected) {
        // Behind, or slow by less than what passed: go on at half speed, at least.
        now_ = std::max(wall, now_ + passed / 2);
        jumped_.reset();
    } else if (wall <= expected + kBelievedJump) {
        now_ = wall;
        jumped_.reset();
    } else {
        // Another jump in between begins the wait again.
        const Duration ahead = wall - expected;
        if (!jumped_ || std::chrono::abs(ahead - jump_) > kBelievedJump) {
            jumped_ = steady_;
            jump_ = ahead;
        }
        now_ = steady_ - *jumped_ >= kGrace ? wall : expected;
    }
    if (careful_ && steady_ >= *careful_) {
        careful_.reset();
    }
    expiry_ = careful_ ? std::min(now_, expiry_ + passed) : now_;
    return {now_, expiry_};
}

}  // namespace telex::streams
