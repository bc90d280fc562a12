#pragma once
// The exchange's interface to the consumers of streams. A member is a subscription of a client to
// which the storage delivers records.
//
//   client   Consume -> attach --------------> storage: joins, delivers while there is credit
//            <- deliveries -- shard <- batch --'            |
//            -- Acknowledge -> shard -- outcomes ---------->|
//            queue has room -> shard -- batch back -------->' (the window of the member)
//
// The storage has at most kMemberWindow bytes of records under way to a member: a shard returns a
// batch when the client's send queue has taken all of it. So a slow client stops its own deliveries
// and nothing else; a record is never dropped for it.
#include "access/accounts.hpp"
#include "base/bytes.hpp"
#include "broker/client_id.hpp"
#include "telex/v1/error.pb.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::exchange {

inline constexpr std::size_t kMemberWindow = std::size_t{256} * 1024;

struct MemberId {
    broker::ClientId client;
    // Chosen by the shard, and never used again by it. Not the client's number.
    std::uint64_t subscription = 0;

    auto operator<=>(const MemberId&) const = default;
};

struct DeliveredRecord {
    std::uint64_t sequence = 0;
    std::int64_t time = 0;  // nanoseconds since 1970 UTC
    std::uint32_t attempt = 1;
    bool redelivered = false;
    std::string_view subject;  // that it is stored under
    ByteView body;             // the encoded telex.v1.Message
};

// Records for one member, in the order of delivery. The views are valid as long as the batch.
class DeliveryBatch {
public:
    DeliveryBatch() = default;
    DeliveryBatch(const DeliveryBatch&) = delete;
    DeliveryBatch& operator=(const DeliveryBatch&) = delete;
    virtual ~DeliveryBatch() = default;

    MemberId member;
    std::vector<DeliveredRecord> records;
    std::size_t bytes = 0;  // of all bodies
};

struct RecordOutcome {
    enum class Kind : std::uint8_t { ack, nak, progress, term };

    MemberId member;
    // Both included. Only records that were delivered to this member.
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    Kind kind = Kind::ack;
    std::chrono::milliseconds delay{};  // of nak; 0: the back-off
};

// A shard. Any thread; does not block.
class MemberSource {
public:
    virtual ~MemberSource() = default;

    // The member gets deliveries, or was refused. Before its first batch.
    virtual void take_attached(MemberId member, v1::ErrorCode failure, std::string text) = 0;
    virtual void take_deliveries(std::unique_ptr<DeliveryBatch> batch) = 0;
    // The consumer or its stream was removed: no batch follows.
    virtual void take_detached(MemberId member, v1::ErrorCode reason, std::string text) = 0;
    // A dead letter: routes an encoded message of the account. `stored`: a stream has it; otherwise
    // no stream stores its subject, or the one that does never will. It is not offered to a stream.
    virtual void publish(
        access::AccountId account, std::string subject, std::string body, bool stored
    ) = 0;
};

class StreamConsumers {
public:
    struct Attach {
        MemberId member;
        access::AccountId account = access::kDefaultAccount;
        std::string stream;
        std::string consumer;  // empty: of this member alone
        std::string create;    // an encoded telex.v1.ConsumerConfig
        bool creates = false;  // otherwise the consumer must exist
        std::uint64_t credit = 0;
        // Rights of the client on a filter or subject; called on the storage's threads, also after
        // the client has left.
        std::function<bool(std::string_view filter)> may_subscribe;
        std::function<bool(std::string_view subject)> may_publish;
    };

    virtual ~StreamConsumers() = default;

    // All: the thread of the member's shard; do not block; take effect in the order of the calls.
    virtual void attach(Attach attach) = 0;
    // Records that the member has not settled go to others. Batches under way come back all the
    // same.
    virtual void detach(MemberId member) = 0;
    virtual void add_credit(MemberId member, std::uint64_t messages) = 0;
    virtual void take_outcomes(std::vector<RecordOutcome> outcomes) = 0;
    // The client's queue has taken the batch, or the client has left.
    virtual void take_back(std::unique_ptr<DeliveryBatch> batch) = 0;
};

}  // namespace telex::exchange
