#pragma once
// Replies in the order of their requests, for peers that tell replies apart by nothing else.
//
//   open() -> waiting -> hold() -> held -> (nothing older waits) -> pop_ready()
//                     |-> finish(): its reply needs no keeping -> (nothing older waits) -> gone
//                     \-> drop_from(): it and all younger ones are forgotten
//
// Owner: one raw session. Ids are consecutive, so a place is found by subtraction; the ring grows
// and is given back when it is empty and large.
#include "base/chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace telex::session {

class ReplyQueue {
public:
    // A new request at the end; its id.
    std::uint64_t open();
    // Is the id a request that waits?
    bool waits(std::uint64_t id) const;

    bool is_oldest(std::uint64_t id) const { return size_ != 0 && id == first_; }

    // Keeps a copy of the reply until it is its turn. The id must wait.
    void hold(std::uint64_t id, ByteView reply);
    // Nothing is kept for it: it was written already, or there is none on purpose. The id must
    // wait.
    void finish(std::uint64_t id);
    // Forgets this request, which must wait, and all younger ones; returns how many of them were
    // held. Their ids would be given again, so no request is opened after this.
    [[nodiscard]] std::size_t drop_from(std::uint64_t id);
    // Takes the oldest held reply, unless an older request waits.
    std::optional<SharedBytes> pop_ready();

    std::size_t size() const { return size_; }

    bool empty() const { return size_ == 0; }

    // Bytes of the replies that are kept.
    std::size_t held_bytes() const { return held_bytes_; }

    // Replies that are kept.
    std::size_t held() const { return held_; }

private:
    enum class State : std::uint8_t { waiting, held, finished };

    struct Slot {
        SharedBytes reply;
        State state = State::waiting;
    };

    Slot& slot(std::uint64_t id) { return ring_[id & (ring_.size() - 1)]; }

    const Slot& slot(std::uint64_t id) const { return ring_[id & (ring_.size() - 1)]; }

    void grow();
    void give_back_when_empty();

    std::vector<Slot> ring_;   // empty, or a power of two
    std::uint64_t first_ = 1;  // id of the oldest
    std::size_t size_ = 0;
    std::size_t held_bytes_ = 0;
    std::size_t held_ = 0;
};

}  // namespace telex::session
