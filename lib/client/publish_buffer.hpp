#pragma once
// The bytes between publish() and the socket. Two buffers: callers append whole frames to `pending`
// while the socket drains `writing`; when that is empty the two are swapped, so that one write
// contains everything appended since the previous one.
//
// When a connection ends, the frames not completely written are sorted: publishes stay, for the
// next connection (including a partly written one, which the server cannot have processed); all
// others are dropped, since they only applied to the old connection.
//
// A server that leaves gets only the frames in `last`: replies to its requests, and Ping and Pong.
//
// Not synchronised: guarded by the owner's lock. The view of writable() stays valid until wrote()
// or rewind(), even if frames are appended.
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

    // A frame of any size fits an empty buffer; otherwise the limit applies.
    bool has_room(std::size_t frame_bytes) const {
        const std::size_t unsent = unsent_bytes();
        return unsent == 0 || (unsent <= limit_ && frame_bytes <= limit_ - unsent);
    }

    std::size_t unsent_bytes() const {
        return writing_.size() - written_ + last_.size() + pending_.size();
    }

    // The buffer to which frames are appended.
    std::string& pending() { return pending_; }

    // The buffer for a server that leaves, after begin_last().
    std::string& last() { return last_; }

    // The server leaves: moves the pending replies to `last`.
    void begin_last();

    // Frames of the handshake, sent first on a new connection; `pending` waits until writable()
    // takes it.
    void introduce(std::string_view frames) { introduction_ += frames; }

    // Inserts frames before all pending ones.
    void put_first(ByteView frames) { pending_.insert(0, frames); }

    // Returns the bytes to write next. `take_pending`: continue with the pending frames.
    ByteView writable(bool take_pending);

    // The socket took `bytes` bytes.
    void wrote(std::size_t bytes) { written_ += bytes; }

    // The connection ended: sorts the frames as described above.
    void rewind();

    // Removes publishes with larger frames; returns their number.
    std::size_t drop_larger_than(std::uint64_t max_frame_bytes);
    // Number of publishes not completely written.
    std::size_t unsent_publishes() const;

private:
    std::size_t limit_;
    std::string pending_;
    std::string introduction_;
    std::string last_;
    std::string writing_;
    std::size_t written_ = 0;  // of writing_
};

}  // namespace telex::client
