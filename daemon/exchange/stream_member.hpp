#pragma once
// A client as a member of a consumer of a stream.
//
// Owned by its ClientRecord, kept by StreamMembers. Thread: the shard's.
#include "access/usage.hpp"
#include "exchange/stream_consumers.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace telex::exchange {

class ClientRecord;

struct StreamMember {
    ClientRecord* client = nullptr;  // outlives it
    std::uint64_t id = 0;            // of the subscription, chosen by the client
    std::uint64_t key = 0;           // MemberId::subscription
    bool attached = false;           // the storage has accepted it
    bool ready = false;              // waits for a slice in which its batches are handed over
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
    // Null without users.
    std::unique_ptr<const access::Charge> charge;
    // Those under way, oldest first. At most kMemberWindow bytes and one batch.
    std::vector<std::unique_ptr<DeliveryBatch>> batches;
    std::size_t next = 0;  // record of the first batch
};

// By the client's ids.
using StreamMemberMap = std::map<std::uint64_t, StreamMember>;

}  // namespace telex::exchange
