#include "server/connection/handshake_turns.hpp"

#include <utility>

namespace telex::server {

void HandshakeTurns::add(Step& step) {
    if (step.number_ == 0) {
        step.number_ = first_ + queue_.size();
        queue_.push_back(&step);
        reactor_.run_again(*this);
    }
}

void HandshakeTurns::forget(Step& step) {
    if (step.number_ != 0) {
        queue_[std::exchange(step.number_, 0) - first_] = nullptr;
    }
}

void HandshakeTurns::run_turn_work() {
    Step* step = nullptr;
    while (!queue_.empty() && step == nullptr) {
        step = take_first();
    }
    if (step != nullptr) {
        step->run_handshake_step();
    }
    if (queue_.empty()) {
        queue_.shrink();
    } else {
        reactor_.run_again(*this);
    }
}

HandshakeTurns::Step* HandshakeTurns::take_first() {
    Step* const step = queue_.front();
    queue_.pop_front();
    ++first_;
    if (step != nullptr) {
        step->number_ = 0;
    }
    return step;
}

}  // namespace telex::server
