#pragma once
// Replies in the order of their requests, for peers that can match them only by order.
//
//   open() -> waiting -> hold() -> held -> (nothing older waits) -> pop_ready()
//                     |-> finish(): no reply to hold -> (nothing older waits) -> removed
//                     \-> drop_from(): it and all younger ones are removed
//
// Owner: one raw session. Ids are consecutive, so a place is found by subtraction; the ring grows
// and is given back when it is empty and large.
#include "base/chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace telex::session::raw {

class ReplyQueue {
public:
    // Adds a request at the end and returns its id.
    std::uint64_t open();
    // Returns true if the id is a request that waits.
    bool waits(std::uint64_t id) const;

    bool is_oldest(std::uint64_t id) const { return size_ != 0 && id == first_; }

    // Holds a copy of the reply until it is its turn. Requires an id that waits.
    void hold(std::uint64_t id, ByteView reply);
    // Completes a request without a reply to hold: it was written already, or there is none on
    // purpose. Requires an id that waits.
    void finish(std::uint64_t id);

    struct Dropped {
        std::size_t held = 0;
        std::size_t waiting = 0;
    };

    // Forgets this request and all younger ones; returns how many of them had a held reply or
    // waited. Their ids would be given again, so no request is opened after this.
    [[nodiscard]] Dropped drop_from(std::uint64_t id);
    // Takes the oldest held reply, unless an older request waits.
    std::optional<SharedBytes> pop_ready();

    std::size_t size() const { return size_; }

    bool empty() const { return size_ == 0; }

    // Bytes of the held replies.
    std::size_t held_bytes() const { return held_bytes_; }

    // Number of held replies.
    std::size_t held() const { return held_; }

    // Memory of requests that have their outcome and wait for an older one. A request that waits
    // for its reply is charged as an open one.
    std::size_t memory() const { return held_memory_ + (size_ - waiting_) * kSlotMemory; }

private:
    enum class State : std::uint8_t { waiting, held, finished };

    struct Slot {
        SharedBytes reply;
        State state = State::waiting;
    };

    // With its place in the ring, which grows to twice what it needs.
    static constexpr std::size_t kSlotMemory = 2 * sizeof(Slot);

    // Empties a slot and returns what was in it; it no longer counts.
    Slot take(std::uint64_t id);

    Slot& slot(std::uint64_t id) { return ring_[id & (ring_.size() - 1)]; }

    const Slot& slot(std::uint64_t id) const { return ring_[id & (ring_.size() - 1)]; }

    void grow();
    void give_back_when_empty();

    std::vector<Slot> ring_;   // empty, or a power of two
    std::uint64_t first_ = 1;  // id of the oldest
    std::size_t size_ = 0;
    std::size_t waiting_ = 0;
    std::size_t held_ = 0;
    std::size_t held_bytes_ = 0;
    std::size_t held_memory_ = 0;
};

}  // namespace telex::session::raw
