#pragma once
// Writes replies in the order of their requests; replies that wait for an older one are held and
// reported to the transport. Datagrams: each is written as it comes.
//
// Owner: one raw session.
#include "base/time.hpp"
#include "broker/delivery.hpp"
#include "protocols/raw/reply_queue.hpp"
#include "session/options.hpp"
#include "session/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::session::raw {

// For the log: why a reply of this size cannot be written.
std::string text_of_unwritable(std::size_t bytes, const broker::SendFault& fault);

// For the log: the error that a responder reported.
std::string text_of_failure(std::string_view error);

class OrderedReplies {
public:
    OrderedReplies(Transport& transport, const SessionOptions& options)
        : transport_(transport), options_(options) {}

    // Adds a request and returns its id.
    std::uint64_t open() { return queue_.open(); }

    bool waits(std::uint64_t id) const { return queue_.waits(id); }

    bool empty() const { return queue_.empty(); }

    std::size_t size() const { return queue_.size(); }

    // Writes the reply, or holds it until its turn. Requires an id that waits; after an error it
    // still does.
    [[nodiscard]] SendResult take(std::uint64_t id, const broker::Delivery& reply);

    // The request has no reply on purpose.
    void skip(std::uint64_t id) { queue_.finish(id); }

    // Writes the held replies whose turn has come. A call follows each take() and skip().
    void write_held();
    // Forgets this request and all younger ones. Held replies are counted as lost. Returns the
    // number of requests that have no reply yet.
    std::size_t drop_from(std::uint64_t id);

    std::size_t held_bytes() const { return queue_.held_bytes(); }

    // When a reply was written last.
    TimePoint last_written() const { return last_written_; }

private:
    [[nodiscard]] SendResult write(ByteView payload, const ChunkRef* owner);
    // Reports the held replies if they have changed.
    void note_held();

    Transport& transport_;
    const SessionOptions& options_;
    ReplyQueue queue_;
    HeldReplies noted_;
    TimePoint last_written_{};
};

}  // namespace telex::session::raw
