#pragma once
// The protocol state of one connection, without I/O: frames and events come in, calls on the Host
// go out. One class per protocol; protocol.hpp lists them.
//
//   start -> on_frame* -> on_end_of_input -> (answers still out) -> Host::close
//                      \-> refuse(closing) by the connection or the session itself -> Host::close
//
// Owner: the connection. Thread: the connection's reactor. After Host::close a session is asked for
// nothing more than its destruction.
#include "session/host.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::session {

// A whole frame as the framing cut it.
struct InboundFrame {
    ByteView bytes;
    // Keeps the bytes alive beyond the call; null when they are valid during the call only.
    const ChunkRef* owner = nullptr;
};

// A message on its way to the peer.
struct Delivery {
    std::uint64_t subscription = 0;    // the client's id; 0 for an answer
    const wire::MessageView& message;  // the caller's
    // Not empty: the message is a request, and answers go to this subject.
    std::string_view reply_to;
    const ChunkRef* owner = nullptr;  // of message.body, as in OutFrame
};

struct Refusal {
    v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;
    std::string text;
    bool closing = false;
    std::uint64_t subscription = 0;
    std::uint64_t pending_bytes = 0;
    std::uint64_t limit = 0;
};

class Session {
public:
    virtual ~Session() = default;

    virtual void start() {}

    // The longest frame that the peer may send next, where that is less than the framing's limit: a
    // longer one is refused before it is read. Changes only in on_frame and on_authenticated, and
    // only upwards. SIZE_MAX from the moment on at which the peer has introduced itself.
    virtual std::size_t frame_limit() const { return SIZE_MAX; }

    virtual void on_frame(const InboundFrame& frame) = 0;

    // The peer half-closed. The session calls Host::close(client_closed) once it owes nothing more.
    virtual void on_end_of_input() = 0;

    // About once a second, and at next_deadline() if that comes before: hello and idle deadlines.
    virtual void on_tick() {}

    // When on_tick has something to do next, as far as is known now; may be in the past.
    virtual TimePoint next_deadline() const { return TimePoint::max(); }

    // Encodes and passes to Host::send_delivery. The error: why the peer does not get it; the
    // caller counts that.
    [[nodiscard]] virtual SendResult deliver(const Delivery& delivery) = 0;
    // The error: the peer does not get this answer, and was told so where its protocol has words
    // for it. The caller counts the drop.
    [[nodiscard]] virtual SendResult on_answer(
        std::uint64_t request_id, const Delivery& answer
    ) = 0;
    virtual void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) = 0;
    virtual void on_subscribed(std::uint64_t subscription) = 0;
    virtual void on_unsubscribed(
        std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped
    ) = 0;
    virtual void on_flushed(std::uint64_t id) = 0;

    // The end of Host::authenticate. With Verdict::known, Host::user has changed.
    virtual void on_authenticated(access::Verdict /*verdict*/) {}

    // What the user may do has changed. Subscriptions are looked after by the host.
    virtual void on_user_changed() {}

    // Tells the peer, where the protocol has words for it. Does not close and does not count.
    virtual void refuse(const Refusal& refusal) = 0;

    // The exchange is about to stop: say goodbye, take no more work.
    virtual void on_drain() {}
};

}  // namespace telex::session
