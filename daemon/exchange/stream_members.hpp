#pragma once
// The clients of one reactor that are members of consumers of streams.
//
//   consume   -> attach ------------------> storage
//   storage   -> batch --> waits until the client's queue takes its records --> batch back
//   acknowledge -> outcomes of the turn --> storage
//
// A batch is handed over record by record, while the client takes them (Client::takes_record), in
// slices; the rest waits until its queue was written. So the batches of a slow client stay here,
// and the storage sends it no more than its window. Records that a client did not take when it ends
// are not counted: the storage gives them to another member.
//
// Each delivery is counted as routed, and as delivered or dropped, like any other. A record that
// the client's listener cannot carry is dropped, and delivered again when the time to acknowledge
// it is over.
//
// Owner: a shard. Thread: the shard's, except for MemberSource.
#include "base/slot_map.hpp"
#include "broker/consumption.hpp"
#include "exchange/client_record.hpp"
#include "exchange/stream_consumers.hpp"
#include "exchange/stream_member.hpp"
#include "reactor/member_work.hpp"
#include "reactor/reactor.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::exchange {

class Exchange;
class Shard;

class StreamMembers final : public MemberSource {
public:
    // Of a member, charged to the budget as the memory of a subscription is.
    static constexpr std::size_t kMemberMemory = sizeof(StreamMember) + 128;

    StreamMembers(Exchange& exchange, Shard& shard, reactor::Reactor& reactor);
    ~StreamMembers() override;
    StreamMembers(const StreamMembers&) = delete;
    StreamMembers& operator=(const StreamMembers&) = delete;

    // As broker::Port. `charge` is null if there are no users.
    void consume(
        ClientRecord& client, broker::ConsumeSpec spec, std::unique_ptr<const access::Charge> charge
    );
    void acknowledge(ClientRecord& client, const broker::Acknowledgement& acknowledgement);

    // Both return false if the client has no member with this id.
    [[nodiscard]] bool unsubscribe(ClientRecord& client, std::uint64_t id);
    [[nodiscard]] bool add_credit(ClientRecord& client, std::uint64_t id, std::uint64_t messages);

    // Ends all members of the client without a word to it. May be called from inside a call of the
    // client.
    void end_all(ClientRecord& client);
    // Ends all members of the client, and tells it why.
    void refuse_all(ClientRecord& client, v1::ErrorCode code, const std::string& text);

    // The client's queue was written: batches that wait for it are handed over soon.
    void note_room(ClientRecord& client);

    // At the end of a turn: passes on the outcomes.
    void send();

    // Of all clients.
    std::size_t size() const { return size_; }

    // --- MemberSource, on any thread ------------------------------------------------------------
    void take_attached(MemberId member, v1::ErrorCode failure, std::string text) override;
    void take_deliveries(std::unique_ptr<DeliveryBatch> batch) override;
    void take_detached(MemberId member, v1::ErrorCode reason, std::string text) override;
    void publish(access::AccountId account, std::string subject, std::string body, bool stored)
        override;

private:
    void refuse(
        ClientRecord& client, std::uint64_t id, v1::ErrorCode code, const std::string& text
    );
    void attached(MemberId id, v1::ErrorCode failure, const std::string& text);
    void detached(MemberId id, v1::ErrorCode reason, const std::string& text);
    void add_batch(std::unique_ptr<DeliveryBatch> batch);
    void route(access::AccountId account, std::string_view subject, ByteView body);
    void make_ready(StreamMember& member);

    // Until the slice is over.
    void serve_ready();
    // Returns false if the slice is over.
    [[nodiscard]] bool hand_over(std::uint64_t key);
    void deliver(StreamMember& member, const DeliveredRecord& record);
    void count(StreamMember& member, const DeliveredRecord& record, const broker::SendResult& sent);
    // Gives the first batch back to the storage.
    void finish_batch(StreamMember& member);

    // The member ends here; the storage is not told.
    void remove(StreamMember& member);
    // The member ends here and in the storage.
    void detach(StreamMember& member);
    void give_back();

    StreamConsumers& storage() const;

    Exchange& exchange_;
    Shard& shard_;
    reactor::Reactor& reactor_;
    SlotMap<StreamMember> keys_;
    std::size_t size_ = 0;
    std::vector<RecordOutcome> outcomes_;  // of this turn
    std::deque<std::uint64_t> ready_;      // keys of members; some may have ended
    bool serving_ = false;
    // Batches of members that ended while their records were handed over.
    std::vector<std::unique_ptr<DeliveryBatch>> returned_;
    reactor::MemberWork<StreamMembers, &StreamMembers::serve_ready> work_{*this};
};

}  // namespace telex::exchange
