#pragma once
// The protocol state of one connection, without I/O: frames and events come in, calls on the
// Transport and the broker's Port go out. One class per protocol; protocol.hpp lists them.
//
//   before_tls -> start -> on_frame* -> on_end_of_input -> (replies pending) -> Transport::close
//                                    \-> refuse(closing) by the connection or the session itself
//                                        -> Transport::close
//   start -> ... -> on_end, however the connection ends
//
// Owner: the connection. Thread: the connection's reactor. After Transport::close only on_end and
// the destructor are called.
#include "base/time.hpp"
#include "broker/delivery.hpp"
#include "broker/port.hpp"
#include "broker/refusal.hpp"
#include "broker/stored_outcome.hpp"
#include "codec/decoder.hpp"
#include "session/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace telex::session {

using broker::Delivery;
using broker::Publication;
using broker::Refusal;
using broker::SubscriptionSpec;

// A whole frame as the framing decoded it.
struct InboundFrame {
    ByteView bytes;
    // Keeps the bytes alive beyond the call; null if they are valid during the call only.
    const ChunkRef* owner = nullptr;
};

class Session {
public:
    virtual ~Session() = default;

    // Only on a connection with TLS, once, before start(): bytes that the connection writes in
    // plain text before the TLS handshake. Empty: TLS comes first. The peer is not identified yet:
    // Transport::user is access::anonymous() if there are users, and nothing may be sent. If the
    // handshake fails, no other call follows.
    virtual std::string before_tls() { return {}; }

    virtual void start() {}

    // The longest frame that the peer may send next, where that is less than the framing's limit: a
    // longer one is refused before it is read. Changes only in on_frame and on_authenticated, and
    // only upwards. SIZE_MAX once the peer has introduced itself.
    virtual std::size_t frame_limit() const { return SIZE_MAX; }

    // Returns false while the session accepts no input: the connection does not read. When that
    // changes, the session calls Transport::resume_input.
    virtual bool takes_input() const { return true; }

    virtual void on_frame(const InboundFrame& frame) = 0;

    // After on_frame: more frames like the last one go by on_frames_ahead at less cost.
    bool expects_more() const { return expects_more_; }

    // Handles frames that lie behind the last one, as on_frame would one by one, from the first on
    // and as far as they are like it. Returns how many; on_frame gets the others. `owner`: as in
    // InboundFrame. Only if it expects more.
    [[nodiscard]] virtual std::size_t on_frames_ahead(
        std::span<const codec::FrameAhead> /*frames*/, const ChunkRef* /*owner*/
    ) {
        return 0;
    }

    // Whether on_notice() is worth its instructions.
    virtual bool wants_notice() const { return false; }

    // Frames of one on_notice() at most. Loads that a processor keeps under way: about two for
    // each.
    static constexpr std::size_t kMaxNotice = 16;

    // A hint: on_frame will get these next, or on_frames_ahead.
    virtual void on_notice(std::span<const codec::FrameAhead> /*frames*/) {}

    // The peer half-closed. The session calls Transport::close(client_closed) once nothing is
    // pending.
    virtual void on_end_of_input() = 0;

    // After on_end_of_input, at most once: the peer does not read either, so replies that are
    // pending reach no peer. Only a local stream, or a reset, tells that from a half-close.
    virtual void on_peer_gone() {}

    // Called about once a second, and at next_deadline() if that is earlier: hello and idle
    // deadlines.
    virtual void on_tick() {}

    // When on_tick must be called next, as far as known now. May be in the past.
    virtual TimePoint next_deadline() const { return TimePoint::max(); }

    // --- from the exchange, as in broker::Client ------------------------------------------------
    // As broker::Client::deliver_run.
    [[nodiscard]] virtual std::size_t deliver_run(const broker::RunDelivery& /*delivery*/) {
        return 0;
    }

    // Encodes the message and passes it to Transport::send_delivery. On an error the peer does not
    // get it; the caller counts that.
    [[nodiscard]] virtual SendResult deliver(const Delivery& delivery) = 0;

    // The same for a record of a consumer, by Transport::send_stored.
    [[nodiscard]] virtual SendResult deliver_stored(const broker::StoredDelivery& /*delivery*/) {
        return not_sent(DropReason::not_encodable);
    }

    // On error the peer does not get this reply; it was notified if its protocol can carry errors.
    // The caller counts the drop.
    [[nodiscard]] virtual SendResult on_reply(std::uint64_t request_id, const Delivery& reply) = 0;
    virtual void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) = 0;
    virtual void on_subscribed(std::uint64_t subscription) = 0;
    virtual void on_unsubscribed(
        std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped
    ) = 0;
    virtual void on_flushed(std::uint64_t id) = 0;

    virtual void on_published(std::uint64_t /*confirmation*/, std::uint64_t /*receivers*/) {}

    virtual void on_stored(std::uint64_t /*id*/, const broker::StoredOutcome& /*outcome*/) {}

    // Sends the error to the peer if the protocol can express it. Does not close and does not
    // count.
    virtual void refuse(const Refusal& refusal) = 0;

    // --- from the connection --------------------------------------------------------------------
    // Ends Transport::authenticate. With AuthResult::authenticated, Transport::user has changed.
    virtual void on_authenticated(access::AuthResult /*result*/) {}

    // The user's permissions have changed. The connection revokes subscriptions itself.
    virtual void on_user_changed() {}

    // The exchange is about to stop: say goodbye, accept no more work.
    virtual void on_drain() {}

    // The connection ends; nothing can be sent to the peer. Without a call of start() if the peer
    // was rejected. `broker` takes last publications: those of the session's own port may be held
    // back. Not on datagram sockets.
    virtual void on_end(CloseReason /*reason*/, broker::Port& /*broker*/) {}

protected:
    // Set by on_frame.
    void expect_more(bool more) { expects_more_ = more; }

private:
    bool expects_more_ = false;
};

}  // namespace telex::session
