#pragma once
// The consumers of all streams: by name, those with work, and those with a deadline.
#include "storage/consumer_runtime.hpp"
#include "storage/recent_blocks.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace telex::storage {

// The consumers of one stream.
struct ConsumersOfStream {
    std::map<std::string, std::unique_ptr<ConsumerRuntime>, std::less<>> by_name;
    RecentBlocks recent;
    store::ConsumerId next_id = 1;
};

// Owner: Consumers. The storage thread.
class ConsumerSet {
public:
    ConsumerRuntime& add(std::unique_ptr<ConsumerRuntime> consumer);
    // Null if there is no such consumer.
    ConsumerRuntime* find(exchange::StreamNumber stream, std::string_view name);
    void remove(ConsumerRuntime& consumer);

    // Requires that the stream has no consumer. It will have none again.
    void forget_stream(exchange::StreamNumber stream) { streams_.erase(stream); }

    // Calls visit(ConsumerRuntime&) for each consumer of the stream, in the order of their names.
    // It may remove this one.
    template <class Function>
    void for_each_of(exchange::StreamNumber stream, Function&& visit) {
        if (ConsumersOfStream* const consumers = of(stream)) {
            for (auto at = consumers->by_name.begin(); at != consumers->by_name.end();) {
                visit(*(at++)->second);
            }
        }
    }

    // Of the stream; null if it never had one.
    ConsumersOfStream* of(exchange::StreamNumber stream);

    // An id that no consumer of the stream has.
    store::ConsumerId next_id(exchange::StreamNumber stream) { return streams_[stream].next_id++; }

    // A name for a consumer without one.
    std::string next_name() { return "$" + std::to_string(++unnamed_); }

    // --- turns
    // The consumer has work.
    void wake(ConsumerRuntime& consumer);
    void wake_all(exchange::StreamNumber stream);

    bool has_work() const { return !ready_.empty(); }

    std::size_t ready() const { return ready_.size(); }

    // The next consumer with work. Requires one.
    ConsumerRuntime& take_ready();
    // After a turn of the consumer: its deadline, and the records that it has in flight.
    void note_turn(ConsumerRuntime& consumer);

    // Wakes the consumers whose deadline has passed.
    void wake_due(TimePoint now);

    // TimePoint::max() if there is none.
    TimePoint next_deadline() const;

    // Records in flight of all consumers.
    std::size_t flights() const { return flights_; }

private:
    std::unordered_map<exchange::StreamNumber, ConsumersOfStream> streams_;
    std::deque<ConsumerRuntime*> ready_;
    std::set<std::pair<TimePoint, ConsumerRuntime*>> alarms_;
    std::size_t flights_ = 0;
    std::uint64_t unnamed_ = 0;
    std::uint64_t last_serial_ = 0;
};

}  // namespace telex::storage
