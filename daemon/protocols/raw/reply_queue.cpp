#include "protocols/raw/reply_queue.hpp"

#include "base/allocated.hpp"

#include <utility>

namespace telex::session::raw {
namespace {

constexpr std::size_t kFirstReplies = 8;
constexpr std::size_t kKeptReplies = 256;

std::size_t memory_of(const SharedBytes& reply) {
    return reply.owner ? allocated(sizeof(Chunk) + reply.owner->capacity()) : 0;
}

}  // namespace

std::uint64_t ReplyQueue::open() {
    if (size_ == ring_.size()) {
        grow();
    }
    ++waiting_;
    return first_ + size_++;
}

bool ReplyQueue::waits(std::uint64_t id) const {
    return id >= first_ && id - first_ < size_ && slot(id).state == State::waiting;
}

void ReplyQueue::hold(std::uint64_t id, ByteView reply) {
    Slot& place = slot(id);
    place = {SharedBytes::copy_of(reply), State::held};
    --waiting_;
    ++held_;
    held_bytes_ += reply.size();
    held_memory_ += memory_of(place.reply);
}

void ReplyQueue::finish(std::uint64_t id) {
    slot(id).state = State::finished;
    --waiting_;
}

ReplyQueue::Slot ReplyQueue::take(std::uint64_t id) {
    Slot taken = std::exchange(slot(id), {});
    waiting_ -= taken.state == State::waiting ? 1 : 0;
    held_ -= taken.state == State::held ? 1 : 0;
    held_bytes_ -= taken.reply.bytes.size();
    held_memory_ -= memory_of(taken.reply);
    return taken;
}

ReplyQueue::Dropped ReplyQueue::drop_from(std::uint64_t id) {
    const Dropped before{held_, waiting_};
    while (size_ != 0 && first_ + size_ > id) {
        (void)take(first_ + size_ - 1);  // the caller counts it
        --size_;
    }
    give_back_when_empty();
    return {before.held - held_, before.waiting - waiting_};
}

std::optional<SharedBytes> ReplyQueue::pop_ready() {
    std::optional<SharedBytes> reply;
    while (!reply && size_ != 0 && slot(first_).state != State::waiting) {
        Slot oldest = take(first_);
        if (oldest.state == State::held) {
            reply = std::move(oldest.reply);
        }
        ++first_;
        --size_;
    }
    give_back_when_empty();
    return reply;
}

void ReplyQueue::grow() {
    ReplyQueue larger;
    larger.ring_.resize(ring_.empty() ? kFirstReplies : ring_.size() * 2);
    for (std::uint64_t id = first_; id != first_ + size_; ++id) {
        larger.slot(id) = std::move(slot(id));
    }
    ring_ = std::move(larger.ring_);
}

void ReplyQueue::give_back_when_empty() {
    if (size_ == 0 && ring_.size() > kKeptReplies) {
        ring_ = {};
    }
}

}  // namespace telex::session::raw
