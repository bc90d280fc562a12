#include "exchange/capture_batch.hpp"

#include "base/short_bytes.hpp"
#include "exchange/stored_message.hpp"

namespace telex::exchange {

std::uint32_t CaptureBatch::note(const ChunkRef& owner) {
    if (owners_.empty() || owners_.back().get() != owner.get()) {
        owners_.push_back(owner);
    }
    return static_cast<std::uint32_t>(owners_.size() - 1);
}

ByteView CaptureBatch::keep(ByteView bytes) {
    char* const place = arena_.room_for(bytes.size());
    copy_to(place, bytes);
    note(arena_.chunk());
    return {place, bytes.size()};
}

CapturedMessage& CaptureBatch::append(
    const wire::MessageView& message, const CaptureTable::Row& row
) {
    CapturedMessage& item = messages_.emplace_back();
    item.message = message;
    item.subject = message.subject;
    item.row = &row;
    bytes_ += message.body.size() + sizeof(CapturedMessage) + sizeof(OfferedMessage) +
              sizeof(StreamDecision);
    return item;
}

CapturedMessage& CaptureBatch::add(const RoutedMessage& routed, const CaptureTable::Row& row) {
    const wire::MessageView& message = routed.message;
    const bool refers =
        routed.owner != nullptr && *routed.owner && message.body.size() >= kCopyBelow;
    CapturedMessage& item = append(refers ? message : rebase(message, keep(message.body)), row);
    item.owner = note(refers ? *routed.owner : arena_.chunk());
    if (routed.subject.data() != message.subject.data()) {
        item.subject = keep(routed.subject);
    }
    if (routed.reply_to.data() == message.reply.data()) {
        item.reply_to = item.message.reply;
    } else if (!routed.reply_to.empty()) {
        item.reply_to = keep(routed.reply_to);
    }
    item.echoes = routed.echoes;
    item.traces = routed.traces;
    item.account = routed.account;
    item.publisher = routed.publisher;
    offers.push_back({row.stream, item.subject, item.message.body});
    return item;
}

void CaptureBatch::add_run(
    const broker::PublicationRun& run,
    broker::ClientId publisher,
    access::AccountId account,
    const CaptureTable::Row& row
) {
    std::size_t size = 0;
    for (const wire::PlainMessage& message : run.messages) {
        size += message.body.size();
    }
    const bool refers = run.owner != nullptr && *run.owner && size >= kCopyBelow;
    char* place = refers ? nullptr : arena_.room_for(size);
    const std::uint32_t owner = note(refers ? *run.owner : arena_.chunk());
    for (wire::PlainMessage message : run.messages) {
        if (!refers) {
            const char* const begin = place;
            place = copy_to(place, message.body);
            message.body = {begin, message.body.size()};
        }
        CapturedMessage& item = append(message.view(run.subject.size()), row);
        item.of_run = true;
        item.owner = owner;
        item.account = account;
        item.publisher = publisher;
        offers.push_back({row.stream, item.subject, message.body});
    }
}

void CaptureBatch::begin(
    std::uint16_t shard_index, std::uint64_t batch_number, CaptureTablePtr table
) {
    shard = shard_index;
    number = batch_number;
    table_ = std::move(table);
}

void CaptureBatch::clear() {
    offers.clear();
    decisions.clear();
    messages_.clear();
    owners_.clear();
    arena_.clear();
    table_ = nullptr;
    bytes_ = 0;
    next = 0;
    singly_until = 0;
}

}  // namespace telex::exchange
