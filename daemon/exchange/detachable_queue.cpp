#include "exchange/detachable_queue.hpp"

#include <utility>

namespace telex::exchange {

namespace {

QueuedItem take_front(Ring<QueuedItem>& items) {
    QueuedItem item = std::move(items.front());
    items.pop_front();
    return item;
}

}  // namespace

void DetachableQueue::push(QueuedItem item) {
    const bool leads = item.outcome && waiting_.empty();
    (leads ? outcomes_ : waiting_).push_back(std::move(item));
}

void DetachableQueue::move_leading_outcomes() {
    while (!waiting_.empty() && waiting_.front().outcome) {
        outcomes_.push_back(take_front(waiting_));
        ++moves_;
    }
}

QueuedItem DetachableQueue::take_next() {
    ++moves_;
    if (!outcomes_.empty()) {
        return take_front(outcomes_);
    }
    QueuedItem item = take_front(waiting_);
    move_leading_outcomes();
    return item;
}

const QueuedItem& DetachableQueue::send_next() {
    in_flight_.push_back(take_next());
    in_flight_bytes_ += in_flight_.back().size;
    return in_flight_.back();
}

QueuedItem DetachableQueue::take_sent() {
    QueuedItem item = take_front(in_flight_);
    in_flight_bytes_ -= item.size;
    return item;
}

std::optional<QueuedItem> DetachableQueue::take_oldest_message() {
    if (waiting_.empty()) {
        return std::nullopt;
    }
    QueuedItem item = take_front(waiting_);
    ++moves_;
    move_leading_outcomes();
    return item;
}

void DetachableQueue::return_sent(std::uint64_t attachment) {
    Ring<QueuedItem> all;
    for (Ring<QueuedItem>* const part : {&in_flight_, &outcomes_, &waiting_}) {
        while (!part->empty()) {
            QueuedItem item = take_front(*part);
            ++moves_;
            if (!item.outcome || (attachment != 0 && item.attachment == attachment)) {
                all.push_back(std::move(item));
            }
        }
    }
    in_flight_bytes_ = 0;
    waiting_ = std::move(all);
    move_leading_outcomes();
}

void DetachableQueue::shrink() {
    for (Ring<QueuedItem>* const part : {&in_flight_, &outcomes_, &waiting_}) {
        part->shrink();
    }
}

}  // namespace telex::exchange
