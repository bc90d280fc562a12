#include "reactor/ready_queue.hpp"

#include <algorithm>

namespace telex::reactor {

std::uint64_t ReadyQueue::share_of(std::size_t count) {
    return std::clamp(kRoundWork / std::max<std::size_t>(count, 1), kMinShare, kMaxShare);
}

void ReadyQueue::push(TurnWork& work) {
    work.queued_ = true;
    waiting_.push_back(&work);
}

void ReadyQueue::forget(TurnWork& work) {
    if (current_ == &work) {
        current_ = nullptr;
    }
    if (work.queued_) {
        work.queued_ = false;
        for (auto* list : {&waiting_, &running_}) {
            std::replace(list->begin(), list->end(), &work, static_cast<TurnWork*>(nullptr));
        }
    }
}

void ReadyQueue::run_round() {
    ++round_;
    running_.swap(waiting_);
    const std::uint64_t share = share_of(running_.size());
    const std::uint64_t end = meter_.total() + kMaxRoundWork;
    bool served = false;
    // By index: forget() may blank entries.
    std::size_t next = 0;
    while (next < running_.size() && meter_.total() < end) {
        if (TurnWork* const work = running_[next++]; work != nullptr) {
            served = serve(*work, share) || served;
        }
    }
    const auto rest = running_.begin() + static_cast<std::ptrdiff_t>(next);
    waiting_.insert(waiting_.begin(), rest, running_.end());
    running_.clear();
    if (!served) {
        skip_to_first_due();
    }
}

bool ReadyQueue::serve(TurnWork& work, std::uint64_t share) {
    if (work.next_round_ > round_) {
        waiting_.push_back(&work);
        return false;
    }
    const std::uint64_t allowed = share - std::min(work.debt_, share - 1);
    work.queued_ = false;
    current_ = &work;
    meter_.begin_slice(allowed);
    work.run_turn_work();
    const std::uint64_t spent = meter_.end_slice();
    largest_slice_ = std::max(largest_slice_, spent);
    if (current_ != nullptr) {
        note_slice(work, spent > allowed ? spent - allowed : 0, share);
        current_ = nullptr;
    }
    return true;
}

void ReadyQueue::note_slice(TurnWork& work, std::uint64_t excess, std::uint64_t share) {
    work.debt_ = excess % share;
    work.next_round_ = round_ + 1 + excess / share;
    overdrafts_ += excess >= share ? 1 : 0;
}

// No other work needs the rounds that the debtors are left out of.
void ReadyQueue::skip_to_first_due() {
    std::uint64_t first = UINT64_MAX;
    for (const TurnWork* work : waiting_) {
        first = work == nullptr ? first : std::min(first, work->next_round_);
    }
    if (first != UINT64_MAX) {
        round_ = first - 1;
    }
}

}  // namespace telex::reactor
