#pragma once
// The messages that a client has taken and not passed on yet: they wait in its send queue. Each
// counts as delivered once it is written, or as dropped if the queue loses it, so that neither
// count ever decreases.
//
// A view of two counters, of the client and of its shard. Thread: the shard's.
#include <cstdint>

namespace telex::exchange {

class QueuedCount {
public:
    QueuedCount(std::uint64_t& of_client, std::uint64_t& of_shard)
        : of_client_(of_client), of_shard_(of_shard) {}

    void add(std::uint64_t messages) {
        of_client_ += messages;
        of_shard_ += messages;
    }

    void remove(std::uint64_t messages) {
        of_client_ -= messages;
        of_shard_ -= messages;
    }

private:
    std::uint64_t& of_client_;
    std::uint64_t& of_shard_;
};

}  // namespace telex::exchange
