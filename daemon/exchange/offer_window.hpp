#pragma once
// Limits the bytes that one shard has under way to the storage of streams, and charges them to the
// memory budget. Beyond the limit the shard's connections are not read until half of it is decided.
//
// Thread: the shard's.
#include "exchange/forward_charges.hpp"
#include "reactor/reactor.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace telex::exchange {

class OfferWindow {
public:
    OfferWindow(reactor::Reactor& reactor, BudgetAccount& account, std::size_t limit)
        : reactor_(reactor), charges_(account), limit_(limit) {}

    std::size_t limit() const { return limit_; }

    // Bytes under way.
    std::size_t bytes() const { return charges_.bytes(); }

    void add(std::size_t bytes) {
        charges_.add(bytes);
        congested_ = congested_ || charges_.bytes() > limit_;
    }

    void remove(std::size_t bytes) {
        charges_.remove(bytes);
        if (congested_ && charges_.bytes() <= limit_ / 2) {
            congested_ = false;
            for (reactor::TurnWork* reader : waiting_) {
                reactor_.run_again(*reader);
            }
            waiting_.clear();
        }
    }

    bool congested() const { return congested_; }

    // Runs `reader` again when congestion is over.
    void wait_for_relief(reactor::TurnWork& reader) {
        if (std::ranges::find(waiting_, &reader) == waiting_.end()) {
            waiting_.push_back(&reader);
        }
    }

    void forget_waiting(const reactor::TurnWork& reader) { std::erase(waiting_, &reader); }

private:
    reactor::Reactor& reactor_;
    ForwardCharges charges_;
    std::size_t limit_;
    bool congested_ = false;
    std::vector<reactor::TurnWork*> waiting_;
};

}  // namespace telex::exchange
