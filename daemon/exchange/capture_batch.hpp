#pragma once
// Messages that are offered to the storage of streams: those of one turn, with what their shard
// needs to route them once they are accepted.
//
// A batch goes to the storage and returns with its decisions; then it is cleared and used again.
//
// Owner: the shard, or the storage while it decides. One thread at a time.
#include "broker/publication_run.hpp"
#include "exchange/message_arena.hpp"
#include "exchange/routed_message.hpp"
#include "exchange/stream_storage.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::exchange {

// The outcomes that a publisher asked for. The ids are the client's; 0: it did not ask.
struct CaptureTerms {
    std::uint64_t confirmation = 0;
    std::uint64_t durable = 0;
};

struct CapturedMessage {
    bool is_request = false;  // `reply_to` is its entry in the reply table
    bool echoes = false;
    bool of_run = false;  // a subject and a payload (wire::PlainMessage), and nothing was asked for
    TraceSet traces = 0;
    access::AccountId account = access::kDefaultAccount;
    broker::ClientId publisher;
    wire::MessageView message;
    std::uint32_t owner = 0;   // of message.body: CaptureBatch::owner
    std::string_view subject;  // that it is routed by
    std::string_view reply_to;
    CaptureTerms terms;
    const CaptureTable::Row* row = nullptr;  // of the batch's table
};

class CaptureBatch final : public OfferBatch {
public:
    // Adds a message; copies it below kCopyBelow or when it has no owner, else references it.
    CapturedMessage& add(const RoutedMessage& routed, const CaptureTable::Row& row);
    // Adds a run. Copies it, or references it if it has an owner and is together as long as a
    // message that add() references.
    void add_run(
        const broker::PublicationRun& run,
        broker::ClientId publisher,
        access::AccountId account,
        const CaptureTable::Row& row
    );

    const std::vector<CapturedMessage>& messages() const { return messages_; }

    // Keeps the bytes of the message alive.
    const ChunkRef& owner(const CapturedMessage& message) const { return owners_[message.owner]; }

    // That its rows belong to.
    const CaptureTablePtr& table() const { return table_; }

    // Starts the batch, which is empty.
    void begin(std::uint16_t shard_index, std::uint64_t batch_number, CaptureTablePtr table);

    // Charged while the batch is under way.
    std::size_t bytes() const { return bytes_; }

    // The message that is routed next, once the batch is decided.
    std::size_t next = 0;
    // Messages of runs before this place are routed one by one.
    std::size_t singly_until = 0;

    // Releases the messages, keeps the memory.
    void clear();

private:
    // Notes the owner of bytes. Returns its place.
    std::uint32_t note(const ChunkRef& owner);
    ByteView keep(ByteView bytes);
    // A message whose bytes the batch keeps.
    CapturedMessage& append(const wire::MessageView& message, const CaptureTable::Row& row);

    std::vector<CapturedMessage> messages_;
    // Consecutive messages in one chunk share an entry.
    std::vector<ChunkRef> owners_;
    MessageArena arena_;
    CaptureTablePtr table_;
    std::size_t bytes_ = 0;
};

}  // namespace telex::exchange
