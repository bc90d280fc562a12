#pragma once
// When the memory budget is exceeded, or the system has no memory: asks all shards for their
// largest queue and closes that connection. One round at a time; if that was not enough, the next
// turn that finds the budget exceeded begins another.
//
// Thread: begin() on any shard's; the rest travels by messages.
#include <atomic>
#include <cstddef>
#include <memory>

namespace telex::exchange {

class Exchange;
class Shard;

class OverloadManager {
public:
    explicit OverloadManager(Exchange& exchange) : exchange_(exchange) {}

    // On the thread of `requester`. Does nothing while a round is under way.
    void begin(Shard& requester);

private:
    struct Search {
        std::size_t missing = 0;
        std::size_t largest = 0;
        Shard* owner = nullptr;
    };

    void compare(Search& search, Shard& shard, std::size_t held);
    void finish(const Search& search);

    Exchange& exchange_;
    std::atomic<bool> under_way_{false};
};

}  // namespace telex::exchange
