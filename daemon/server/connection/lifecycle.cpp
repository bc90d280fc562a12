#include "server/connection/lifecycle.hpp"

#include <cassert>

namespace telex::server {

void Lifecycle::begin_handshake(TimePoint deadline) {
    assert(phase_ == Phase::created);
    phase_ = Phase::handshake;
    deadline_ = deadline;
}

void Lifecycle::begin_session() {
    assert(phase_ == Phase::created || phase_ == Phase::handshake);
    phase_ = Phase::pre_auth;
    deadline_ = TimePoint::max();
}

void Lifecycle::authenticated() {
    assert(phase_ == Phase::pre_auth);
    phase_ = Phase::open;
}

bool Lifecycle::close(session::CloseReason reason, std::string_view detail, TimePoint now) {
    if (!is_live()) {
        return false;
    }
    phase_ = Phase::flushing;
    reason_ = reason;
    detail_.assign(std::string(detail));
    // A drain has its own time limit, for all connections.
    deadline_ = reason == session::CloseReason::shutting_down ? TimePoint::max() : now + kFlushTime;
    return true;
}

broker::DropReason Lifecycle::drop_reason() const {
    switch (reason_) {
        case session::CloseReason::slow_consumer:
        case session::CloseReason::memory_budget:
            return broker::DropReason::slow_disconnect;
        case session::CloseReason::shutting_down:
            return broker::DropReason::shutting_down;
        default:
            return broker::DropReason::connection_lost;
    }
}

void Lifecycle::linger(TimePoint now) {
    assert(phase_ == Phase::flushing);
    phase_ = Phase::lingering;
    deadline_ = now + kLingerTime;
}

bool Lifecycle::end(session::CloseReason reason) {
    if (phase_ == Phase::closed) {
        return false;
    }
    if (phase_ < Phase::flushing) {
        reason_ = reason;
    }
    phase_ = Phase::closed;
    deadline_ = TimePoint::max();
    return true;
}

}  // namespace telex::server
