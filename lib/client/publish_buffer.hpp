#pragma once
// The bytes between publish() and the socket. Two buffers: callers append whole frames to `pending`
// while the socket drains `writing`; when that is empty the two change places, so that one write
// carries everything that was published since the last one.
//
// When a connection ends, what the socket had not wholly taken is sorted: publishes stay, for the
// next connection (the frame that was cut included: the server cannot have acted upon it), and
// everything else, which only made sense on the old connection, goes.
//
// Not synchronised: the owner's lock guards it. The view of writable() stays valid until wrote() or
// rewind(), whatever is appended meanwhile.
#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace telex::client {

class PublishBuffer {
public:
    explicit PublishBuffer(std::size_t limit) : limit_(limit) {}

    // A frame of any size fits an empty buffer; else the limit holds.
    bool has_room(std::size_t frame_bytes) const {
        const std::size_t unsent = unsent_bytes();
        return unsent == 0 || (unsent <= limit_ && frame_bytes <= limit_ - unsent);
    }

    std::size_t unsent_bytes() const { return writing_.size() - written_ + pending_.size(); }

    // Where frames are appended.
    std::string& pending() { return pending_; }

    // What introduces the client on a new connection goes first; `pending` waits until writable()
    // takes it.
    void introduce(std::string_view frames) { introduction_ += frames; }

    // Puts frames in front of all that is pending.
    void put_first(ByteView frames) { pending_.insert(0, frames); }

    // What the socket should take next. `take_pending`: move on to frames that were appended since.
    ByteView writable(bool take_pending);

    // The socket took so many bytes of it.
    void wrote(std::size_t bytes) { written_ += bytes; }

    // The connection ended: see above.
    void rewind();

    // Removes publishes whose frame is larger than the server takes; returns how many.
    std::size_t drop_larger_than(std::uint64_t max_frame_bytes);
    // Publishes that are unsent, those that the socket took in part included.
    std::size_t unsent_publishes() const;

private:
    std::size_t limit_;
    std::string pending_;
    std::string introduction_;
    std::string writing_;
    std::size_t written_ = 0;  // of writing_
};

}  // namespace telex::client
