#include "storage/consumer_set.hpp"

#include <algorithm>

namespace telex::storage {

ConsumerRuntime& ConsumerSet::add(std::unique_ptr<ConsumerRuntime> consumer) {
    ConsumerRuntime& added = *consumer;
    added.serial = ++last_serial_;
    ConsumersOfStream& stream = streams_[added.identity().stream];
    stream.next_id = std::max(stream.next_id, added.identity().id + 1);
    stream.by_name[added.identity().name] = std::move(consumer);
    note_turn(added);
    return added;
}

ConsumersOfStream* ConsumerSet::of(exchange::StreamNumber stream) {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? nullptr : &found->second;
}

ConsumerRuntime* ConsumerSet::find(exchange::StreamNumber stream, std::string_view name) {
    ConsumersOfStream* const consumers = of(stream);
    if (consumers == nullptr) {
        return nullptr;
    }
    const auto found = consumers->by_name.find(name);
    return found == consumers->by_name.end() ? nullptr : found->second.get();
}

void ConsumerSet::remove(ConsumerRuntime& consumer) {
    flights_ -= consumer.counted_flights;
    alarms_.erase({consumer.alarm, &consumer});
    std::erase(ready_, &consumer);
    ConsumersOfStream& stream = streams_[consumer.identity().stream];
    const auto found = stream.by_name.find(consumer.identity().name);
    stream.by_name.erase(found);
    if (stream.by_name.empty()) {
        stream.recent.clear();
    }
}

void ConsumerSet::wake(ConsumerRuntime& consumer) {
    if (!consumer.is_queued) {
        consumer.is_queued = true;
        ready_.push_back(&consumer);
    }
}

void ConsumerSet::wake_all(exchange::StreamNumber stream) {
    for_each_of(stream, [this](ConsumerRuntime& consumer) { wake(consumer); });
}

ConsumerRuntime& ConsumerSet::take_ready() {
    ConsumerRuntime& consumer = *ready_.front();
    ready_.pop_front();
    consumer.is_queued = false;
    return consumer;
}

void ConsumerSet::note_turn(ConsumerRuntime& consumer) {
    flights_ += consumer.in_flight() - consumer.counted_flights;
    consumer.counted_flights = consumer.in_flight();
    const TimePoint deadline = consumer.next_deadline();
    if (deadline == consumer.alarm) {
        return;
    }
    alarms_.erase({consumer.alarm, &consumer});
    consumer.alarm = deadline;
    if (deadline != TimePoint::max()) {
        alarms_.emplace(deadline, &consumer);
    }
}

void ConsumerSet::wake_due(TimePoint now) {
    while (!alarms_.empty() && alarms_.begin()->first <= now) {
        ConsumerRuntime& consumer = *alarms_.begin()->second;
        alarms_.erase(alarms_.begin());
        consumer.alarm = TimePoint::max();
        wake(consumer);
    }
}

TimePoint ConsumerSet::next_deadline() const {
    return alarms_.empty() ? TimePoint::max() : alarms_.begin()->first;
}

}  // namespace telex::storage
