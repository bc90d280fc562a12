#pragma once
// When the memory budget is exceeded, or the system has no memory: asks all shards what their
// clients hold, and has clients disconnected of the owner that holds the most relative to its share
// (holding.hpp), until an eighth of the budget is free. One round at a time; if that was not
// enough, the next turn that finds the budget exceeded begins another.
//
// Each shard replies with its charges and its clients' memory of the same moment: a total that was
// read later would count clients that are in no reply, and others would be cut for them.
//
//   requester --> every shard: holdings --> requester: choose --> shards with chosen clients: shed
//
// Thread: begin() on any shard's; the rest travels by messages.
#include "exchange/holding.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace telex::exchange {

class Exchange;
class Shard;

class OverloadManager {
public:
    explicit OverloadManager(Exchange& exchange) : exchange_(exchange) {}

    // On the thread of `requester`. Does nothing while a round is under way, and for a moment after
    // one that had nothing to do but to wait.
    void begin(Shard& requester);

private:
    // Touched on the requester's thread alone, where the replies arrive.
    struct Round {
        Shard& requester;
        std::size_t missing = 0;                     // replies
        std::size_t charged = 0;                     // bytes, on all shards
        std::vector<std::vector<Holding>> holdings;  // by shard
    };

    using RoundPtr = std::shared_ptr<Round>;

    void choose(const RoundPtr& round);
    void shed(const RoundPtr& round, const HolderKey& chosen, std::size_t bytes);
    void shed_at(Shard& shard, const RoundPtr& round, const HolderKey& chosen, std::size_t bytes);
    void note_reply(const RoundPtr& round);
    // Bytes of `charged` that should be freed; 0 if there is enough memory.
    std::size_t missing_memory(std::size_t charged) const;

    Exchange& exchange_;
    std::atomic<bool> under_way_{false};
    std::atomic<std::int64_t> next_round_{0};  // not before this time of a reactor
};

}  // namespace telex::exchange
