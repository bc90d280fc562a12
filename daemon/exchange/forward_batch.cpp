#include "exchange/forward_batch.hpp"

#include "base/short_bytes.hpp"
#include "exchange/shard.hpp"

#include <memory>

namespace telex::exchange {

// It lives in the arena, which the batch itself may have to keep alive.
std::string_view ForwardBatch::keep_text(std::string_view text, const ForwardedMessage& item) {
    ChunkRef owner;
    const std::string_view kept = arena_.keep(text, owner);
    if (owner.get() != item.owner.get()) {
        texts_.push_back(std::move(owner));
    }
    return kept;
}

ForwardedMessage& ForwardBatch::add(
    const wire::MessageView& message,
    const ChunkRef* owner,
    std::string_view reply_to,
    std::string_view subject
) {
    ForwardedMessage& item = items_.emplace_back();
    if (owner != nullptr && *owner && message.body.size() >= kCopyBelow) {
        item.owner = *owner;
        item.message = message;
    } else {
        item.message = rebase(message, arena_.keep(message.body, item.owner));
    }
    const bool own_subject = subject.empty() || subject.data() == message.subject.data();
    item.subject = own_subject ? item.message.subject : keep_text(subject, item);
    if (reply_to.data() == message.reply.data()) {
        item.reply_to = item.message.reply;
    } else if (!reply_to.empty()) {
        item.reply_to = keep_text(reply_to, item);
    }
    item.first_chosen = static_cast<std::uint32_t>(chosen_.size());
    bytes_ += message.body.size() + sizeof(ForwardedMessage);
    return item;
}

ForwardedMessage& ForwardBatch::add_run(const broker::PublicationRun& run) {
    ForwardedMessage& item = items_.emplace_back();
    item.kind = ForwardedMessage::Kind::run;
    item.plain = true;
    item.first_of_run = static_cast<std::uint32_t>(run_messages_.size());
    item.run_size = static_cast<std::uint32_t>(run.messages.size());
    std::size_t size = 0;
    for (const wire::PlainMessage& message : run.messages) {
        size += message.body.size();
    }
    run_messages_.insert(run_messages_.end(), run.messages.begin(), run.messages.end());
    const bool refers = run.owner != nullptr && *run.owner && size >= kCopyBelow;
    if (refers) {
        item.owner = *run.owner;
    } else {
        char* place = arena_.room_for(size, item.owner);
        for (wire::PlainMessage& message : std::span(run_messages_).subspan(item.first_of_run)) {
            const char* const begin = place;
            place = copy_to(place, message.body);
            message.body = {begin, message.body.size()};
        }
    }
    item.subject = run_messages_[item.first_of_run].view(run.subject.size()).subject;
    bytes_ += size + sizeof(ForwardedMessage) + item.run_size * sizeof(wire::PlainMessage);
    return item;
}

void ForwardBatch::share_charge(SharedChargePtr charge) {
    charge->add_batch();
    shared_bytes_ += items_.back().message.body.size();
    shared_charges_.push_back(std::move(charge));
}

void ForwardBatch::release_shared_charges() {
    for (const SharedChargePtr& charge : shared_charges_) {
        charge->remove_batch();
    }
    shared_charges_.clear();
    shared_bytes_ = 0;
}

void ForwardBatch::add_chosen(ChosenMember chosen) {
    chosen_.push_back(std::move(chosen));
    ++items_.back().chosen_count;
}

void ForwardBatch::clear() {
    items_.clear();
    chosen_.clear();
    run_messages_.clear();
    texts_.clear();
    bytes_ = 0;
    work_ = 0;
    next_ = 0;
    arena_.clear();
}

void ForwardBatch::run(std::unique_ptr<reactor::Task> self) {
    // `self` owns this batch.
    std::unique_ptr<ForwardBatch> batch(static_cast<ForwardBatch*>(self.release()));
    if (returning_) {
        returning_ = false;
        source_.recycle(std::move(batch));
        return;
    }
    target_.receive(*this);
    if (!is_done()) {
        target_.reactor().put_back(std::move(batch));
        return;
    }
    const std::size_t carried = bytes_;
    const std::uint64_t work = work_;
    clear();
    bytes_ = carried;
    work_ = work;
    returning_ = true;
    source_.reactor().post_task(std::move(batch));
}

}  // namespace telex::exchange
