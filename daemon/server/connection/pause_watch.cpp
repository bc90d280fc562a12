#include "server/connection/pause_watch.hpp"

namespace telex::server {

PauseWatch::PauseWatch(
    reactor::Reactor& reactor, TurnTimers& timers, std::chrono::milliseconds idle, Sender& sender
)
    : reactor_(reactor), timers_(timers), idle_(idle), sender_(sender) {}

PauseWatch::~PauseWatch() {
    reactor_.forget(work_);
    timers_.forget(work_);
}

void PauseWatch::received() {
    timers_.run_at(reactor_.now() + idle_, work_);
}

void PauseWatch::stop() {
    timers_.forget(work_);
}

void PauseWatch::turn() {
    switch (sender_.read_on()) {
        case Found::nothing:
            sender_.end_frame();
            break;
        case Found::something:
            break;  // received() was called, or no frame will end
        case Found::held_back:
            received();
            break;
    }
}

}  // namespace telex::server
