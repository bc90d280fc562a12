#pragma once
// Publications of one reactor whose outcome is unknown until other reactors have routed them. The
// receipts return in the batches that carried the messages.
//
// Owner and thread: one shard.
#include "broker/client_id.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace telex::exchange {

class Confirmations {
public:
    struct Outcome {
        broker::ClientId client;
        std::uint64_t id = 0;  // the client's
        std::uint64_t receivers = 0;
    };

    // The number for the next publication.
    std::uint64_t next() { return ++last_; }

    // Waits for `missing` receipts, at least one. `so_far` has the receivers on this reactor.
    void expect(std::uint64_t number, Outcome so_far, std::uint64_t missing) {
        pending_.emplace(number, Pending{so_far, missing});
    }

    // Waits for more of them. Requires that one is missing.
    void expect_more(std::uint64_t number, std::uint64_t missing) {
        pending_.find(number)->second.missing += missing;
    }

    // Returns the outcome with the last receipt.
    std::optional<Outcome> receive(std::uint64_t number, std::uint64_t receivers);

    std::size_t pending() const { return pending_.size(); }

private:
    struct Pending {
        Outcome outcome;
        std::uint64_t missing;
    };

    std::uint64_t last_ = 0;
    std::unordered_map<std::uint64_t, Pending> pending_;
};

}  // namespace telex::exchange
