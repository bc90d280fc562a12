#include "reactor/ready_queue.hpp"

#include <algorithm>

namespace telex::reactor {

std::uint64_t ReadyQueue::slice_of(std::size_t count) const {
    return std::clamp(kRoundWork / std::max<std::size_t>(count, 1), kMinSlice, slice_);
}

std::uint64_t ReadyQueue::work_of_round(std::size_t count) {
    return std::min(kRoundWork, count * kMaxShare);
}

void ReadyQueue::push(TurnWork& work) {
    work.queued_ = true;
    if (current_ == &work) {
        work.busy_ = has_worked_much();
    }
    (work.busy_ ? busy_ : light_).push_back(&work);
}

void ReadyQueue::forget(TurnWork& work) {
    if (current_ == &work) {
        current_ = nullptr;
    }
    if (work.queued_) {
        work.queued_ = false;
        for (auto* list : {&light_, &busy_}) {
            for (std::size_t i = list->size(); i > 0; --i) {
                if ((*list)[i - 1] == &work) {
                    list->erase(i - 1);
                }
            }
        }
    }
}

bool ReadyQueue::has_worked_much() const {
    return meter_.slice_is_over() || meter_.slice_work() >= kSlice;
}

void ReadyQueue::run_light() {
    const std::uint64_t end = meter_.total() + kRoundWork;
    // By number: those that come meanwhile wait, and forget() may shorten the list.
    for (std::size_t left = light_.size(); left > 0 && !light_.empty() && meter_.total() < end;
         --left) {
        light_served_ = serve_first(light_) || light_served_;
    }
}

bool ReadyQueue::serve_first(Ring<TurnWork*>& list) {
    const std::uint64_t slice = slice_of(list.size());
    TurnWork* const work = list.front();
    list.pop_front();
    if (work->debt_ >= slice) {
        work->debt_ -= static_cast<std::uint32_t>(slice);
        list.push_back(work);
        return false;
    }
    run(*work, slice - work->debt_);
    return true;
}

void ReadyQueue::run(TurnWork& work, std::uint64_t slice) {
    work.queued_ = false;
    current_ = &work;
    meter_.begin_slice(slice);
    work.run_turn_work();
    const bool much = has_worked_much();
    const std::uint64_t spent = meter_.end_slice();
    largest_slice_ = std::max(largest_slice_, spent);
    if (current_ != nullptr) {
        if (!work.queued_) {  // else push() has decided
            work.busy_ = much;
        }
        const std::uint64_t debt = spent > slice ? spent - slice : 0;
        work.debt_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(debt, UINT32_MAX));
        overdrafts_ += work.debt_ >= kMaxShare ? 1 : 0;
        current_ = nullptr;
    }
}

void ReadyQueue::forgive() {
    std::uint32_t least = UINT32_MAX;
    for (std::size_t i = 0; i < busy_.size(); ++i) {
        least = std::min(least, busy_[i]->debt_);
    }
    for (std::size_t i = 0; i < busy_.size(); ++i) {
        busy_[i]->debt_ -= least;
    }
}

}  // namespace telex::reactor
