#include "exchange/capture_batch.hpp"

#include "exchange/stored_message.hpp"

namespace telex::exchange {

CapturedMessage& CaptureBatch::add(const RoutedMessage& routed, const CaptureTable::Row& row) {
    const wire::MessageView& message = routed.message;
    CapturedMessage& item = messages_.emplace_back();
    if (routed.owner != nullptr && *routed.owner && message.body.size() >= kCopyBelow) {
        item.owner = *routed.owner;
        item.message = message;
    } else {
        item.message = rebase(message, arena_.keep(message.body, item.owner));
    }
    const auto keep_text = [&](std::string_view text) -> std::string_view {
        ChunkRef owner;
        const std::string_view kept = arena_.keep(text, owner);
        if (owner.get() != item.owner.get()) {
            texts_.push_back(std::move(owner));
        }
        return kept;
    };
    item.subject = routed.subject.data() == message.subject.data() ? item.message.subject
                                                                   : keep_text(routed.subject);
    if (routed.reply_to.data() == message.reply.data()) {
        item.reply_to = item.message.reply;
    } else if (!routed.reply_to.empty()) {
        item.reply_to = keep_text(routed.reply_to);
    }
    item.echoes = routed.echoes;
    item.traces = routed.traces;
    item.account = routed.account;
    item.publisher = routed.publisher;
    item.row = &row;
    offers.push_back({row.stream, item.subject, item.message.body});
    bytes_ += message.body.size() + sizeof(CapturedMessage) + sizeof(OfferedMessage) +
              sizeof(StreamDecision);
    return item;
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
    texts_.clear();
    arena_.clear();
    table_ = nullptr;
    bytes_ = 0;
    next = 0;
    singly_until = 0;
}

}  // namespace telex::exchange
