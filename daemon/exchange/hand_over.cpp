#include "exchange/hand_over.hpp"

#include "exchange/shard.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace telex::exchange {

namespace {

constexpr std::size_t kArenaBytes = 64U << 10U;

}  // namespace

ByteView HandOverBatch::keep(ByteView bytes, ChunkRef& owner) {
    if (!arena_ || arena_->capacity() - arena_used_ < bytes.size()) {
        arena_ = ChunkRef::adopt(Chunk::create(std::max(kArenaBytes, bytes.size())));
        arena_used_ = 0;
    }
    char* place = arena_->data() + arena_used_;
    if (!bytes.empty()) {
        std::memcpy(place, bytes.data(), bytes.size());
    }
    arena_used_ += bytes.size();
    owner = arena_;
    return {place, bytes.size()};
}

// It lives in the arena, which the batch itself may have to keep alive.
std::string_view HandOverBatch::keep_text(std::string_view text, const HandOver& item) {
    ChunkRef owner;
    const std::string_view kept = keep(text, owner);
    if (owner.get() != item.owner.get()) {
        texts_.push_back(std::move(owner));
    }
    return kept;
}

HandOver& HandOverBatch::add(
    const wire::MessageView& message,
    const ChunkRef* owner,
    std::string_view reply_to,
    std::string_view subject
) {
    HandOver& item = items_.emplace_back();
    if (owner != nullptr && *owner && message.body.size() >= kCopyBelow) {
        item.owner = *owner;
        item.message = message;
    } else {
        item.message = rebase(message, keep(message.body, item.owner));
    }
    const bool own_subject = subject.empty() || subject.data() == message.subject.data();
    item.subject = own_subject ? item.message.subject : keep_text(subject, item);
    if (reply_to.data() == message.reply.data()) {
        item.reply_to = item.message.reply;
    } else if (!reply_to.empty()) {
        item.reply_to = keep_text(reply_to, item);
    }
    item.first_chosen = static_cast<std::uint32_t>(chosen_.size());
    bytes_ += message.body.size() + sizeof(HandOver);
    return item;
}

void HandOverBatch::add_chosen(ChosenMember chosen) {
    chosen_.push_back(std::move(chosen));
    ++items_.back().chosen_count;
}

void HandOverBatch::clear() {
    items_.clear();
    chosen_.clear();
    texts_.clear();
    bytes_ = 0;
    // Subscribers may still refer to what was delivered from the arena.
    if (arena_ && !arena_->unique()) {
        arena_ = {};
    }
    arena_used_ = 0;
}

void HandOverBatch::run(std::unique_ptr<reactor::Task> self) {
    // It is this batch that `self` owns.
    std::unique_ptr<HandOverBatch> batch(static_cast<HandOverBatch*>(self.release()));
    if (going_home_) {
        going_home_ = false;
        source_.take_home(std::move(batch));
        return;
    }
    target_.work_off(*this);
    const std::size_t carried = bytes_;
    clear();
    bytes_ = carried;
    going_home_ = true;
    source_.reactor().post_task(std::move(batch));
}

}  // namespace telex::exchange
