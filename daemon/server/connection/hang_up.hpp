#pragma once
// The end of a peer's side of a stream, as far as the poller has reported it.
//
// Owner and thread: the connection's.
#include "server/stream/byte_stream.hpp"

#include <sys/epoll.h>

#include <cstdint>

namespace telex::server {

class HangUp {
public:
    void note(std::uint32_t events) {
        if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) != 0) {
            reads_to_the_end_ = true;
        }
        hung_up_ = hung_up_ || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        gone_ = gone_ || (events & EPOLLHUP) != 0;
        broken_ = broken_ || (events & EPOLLERR) != 0;
    }

    // The peer neither sends nor reads. A peer of a unix socket that closes it, and one that resets
    // a TCP stream; the end of a TCP stream alone says only that the peer does not send.
    bool is_gone() const { return gone_; }

    // A short read need not be the end of the input: after a hang-up only end-of-file is, and the
    // mark of an urgent byte (RFC 6093) shortens reads.
    bool reads_to_the_end() const { return reads_to_the_end_; }

    // Returns `end` or `error` if a stream that is not being read has ended, else another status.
    // A reset counts at once. The end of a half-close counts after all that came before it:
    // `frames_left` says that some of it was read and is not handled yet.
    IoStatus status_of(ByteStream& stream, bool frames_left) const {
        if (broken_) {
            return IoStatus::error;
        }
        return hung_up_ && !frames_left ? stream.peek().status : IoStatus::done;
    }

private:
    bool reads_to_the_end_ = false;
    bool hung_up_ = false;  // the peer has closed its side, or the stream is broken
    bool gone_ = false;
    bool broken_ = false;
};

}  // namespace telex::server
