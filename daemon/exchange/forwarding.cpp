#include "exchange/forwarding.hpp"

#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <algorithm>
#include <utility>

namespace telex::exchange {

namespace {

// A batch of this size is sent before the turn ends.
constexpr std::size_t kFullBatch = 256U << 10U;
// Work under way to one reactor at which congestion begins: about 5 ms of it.
constexpr std::uint64_t kTooMuchWork = 524'288;
constexpr std::size_t kSpareBatches = 8;

}  // namespace

void Forwarding::connect() {
    outgoing_.resize(exchange_.shard_count());
}

ForwardBatch& Forwarding::batch_for(std::uint16_t target) {
    Outgoing& outgoing = outgoing_[target];
    if (!outgoing.batch) {
        if (outgoing.spare.empty()) {
            outgoing.batch = std::make_unique<ForwardBatch>(source_, exchange_.shard(target));
        } else {
            outgoing.batch = std::move(outgoing.spare.back());
            outgoing.spare.pop_back();
            outgoing.least_spare = std::min(outgoing.least_spare, outgoing.spare.size());
        }
        outgoing.full = std::min(kFullBatch, window_of(target));
        reactor_.ensure_turn();
    }
    return *outgoing.batch;
}

std::size_t Forwarding::window_of(std::size_t target) const {
    return exchange_.shard(target).forward_window().bytes();
}

SharedChargePtr Forwarding::charge_once(const RoutedMessage& routed) {
    const std::size_t bytes = routed.message.body.size();
    const bool refers = routed.owner != nullptr && *routed.owner;
    return refers && bytes >= SharedCharge::kLeast ? std::make_shared<SharedCharge>(charges_, bytes)
                                                   : nullptr;
}

void Forwarding::send_if_full(std::uint16_t target) {
    if (outgoing_[target].batch->bytes() >= outgoing_[target].full) {
        exchange_.shard(target).reactor().post_task(take(target));
    }
}

void Forwarding::send_all() {
    for (std::size_t target = 0; target < outgoing_.size(); ++target) {
        if (outgoing_[target].batch && !outgoing_[target].batch->empty()) {
            reactor::Reactor& reactor = exchange_.shard(target).reactor();
            reactor.post_task_from(reactor_, take(target));
        }
    }
}

std::unique_ptr<ForwardBatch> Forwarding::take(std::size_t target) {
    Outgoing& outgoing = outgoing_[target];
    outgoing.bytes_under_way += outgoing.batch->bytes();
    outgoing.work_under_way += outgoing.batch->work();
    charges_.add(outgoing.batch->charged_bytes());
    const bool too_much =
        outgoing.bytes_under_way > window_of(target) || outgoing.work_under_way > kTooMuchWork;
    if (too_much && !outgoing.congested) {
        outgoing.congested = true;
        ++congested_targets_;
    }
    return std::move(outgoing.batch);
}

void Forwarding::recycle(std::unique_ptr<ForwardBatch> batch) {
    const std::uint16_t target = batch->target().reactor().index();
    Outgoing& outgoing = outgoing_[target];
    outgoing.bytes_under_way -= batch->bytes();
    outgoing.work_under_way -= batch->work();
    charges_.remove(batch->charged_bytes());
    batch->release_shared_charges();
    batch->clear();
    if (outgoing.spare.size() < kSpareBatches) {
        outgoing.spare.push_back(std::move(batch));
    }
    const bool relieved = outgoing.bytes_under_way < window_of(target) / 2 &&
                          outgoing.work_under_way < kTooMuchWork / 2;
    if (outgoing.congested && relieved) {
        outgoing.congested = false;
        --congested_targets_;
    }
    if (!congested()) {
        for (reactor::TurnWork* reader : waiting_) {
            reactor_.run_again(*reader);
        }
        waiting_.clear();
    }
}

void Forwarding::shrink() {
    for (Outgoing& outgoing : outgoing_) {
        outgoing.spare.resize(outgoing.spare.size() - outgoing.least_spare);
        outgoing.least_spare = outgoing.spare.size();
    }
}

std::size_t Forwarding::spare_batches() const {
    std::size_t sum = 0;
    for (const Outgoing& outgoing : outgoing_) {
        sum += outgoing.spare.size();
    }
    return sum;
}

bool Forwarding::idle() const {
    return std::all_of(outgoing_.begin(), outgoing_.end(), [](const Outgoing& outgoing) {
        return !outgoing.batch && outgoing.bytes_under_way == 0;
    });
}

void Forwarding::wait_for_relief(reactor::TurnWork& reader) {
    if (std::find(waiting_.begin(), waiting_.end(), &reader) == waiting_.end()) {
        waiting_.push_back(&reader);
    }
}

void Forwarding::forget_waiting(const reactor::TurnWork& reader) {
    std::erase(waiting_, &reader);
}

}  // namespace telex::exchange
