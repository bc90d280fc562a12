#pragma once
// The conversation of telex.v1 Frames, in any encoding: which frames a client may send when, and
// the replies of the exchange. TelexSession and JsonSession add how a frame is written.
//
//   introduction.hpp -> open -> draining ---> input_ended -> closed
//                          \----------------/
//
//   draining      the exchange sent Goodbye: requests are refused; everything else (replies,
//                 publications, flushes) is processed until the client ends its input or the
//                 exchange closes.
//   input_ended   the client half-closed or sent Goodbye. Frames after its Goodbye are dropped and
//                 counted. The session closes once every request, durable publication,
//                 Subscribe, Unsubscribe and Flush has its reply. Deliveries go on until then, but
//                 a subscription alone does not keep the connection: the exchange could not notice
//                 that the client has left.
//   closed        nothing is written (frame_output.hpp).
//
// Datagrams: their source may be forged. Frames that are invalid, or that only an exchange sends,
// are dropped and counted without a reply: two exchanges that are pointed at each other fall
// silent. Only silence ends such a session.
//
// Owner: the connection. Thread: the connection's reactor.
#include "base/time.hpp"
#include "protocols/native/durable_book.hpp"
#include "protocols/native/frame_output.hpp"
#include "protocols/native/introduction.hpp"
#include "protocols/native/message_gate.hpp"
#include "protocols/native/request_book.hpp"
#include "protocols/native/silence_watch.hpp"
#include "protocols/native/subscription_book.hpp"
#include "session/options.hpp"
#include "session/session.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace telex::session::native {

class FrameSession : public Session, protected FrameOutput {
public:
    void start() override { introduction_.start(); }

    std::size_t frame_limit() const override;
    void on_end_of_input() override;
    void on_peer_gone() override;
    void on_tick() override;
    TimePoint next_deadline() const override;
    [[nodiscard]] SendResult on_reply(std::uint64_t request_id, const Delivery& reply) override;
    void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) override;
    void on_subscribed(std::uint64_t subscription) override;
    void on_unsubscribed(std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped)
        override;
    void on_flushed(std::uint64_t id) override;
    void on_stored(std::uint64_t id, const broker::StoredOutcome& outcome) override;
    void on_authenticated(access::AuthResult result) override;

    void on_user_changed() override { gate_.forget(); }

    void refuse(const Refusal& refusal) override;
    void on_drain() override;

protected:
    using Opening = Introduction::Opening;

    FrameSession(
        Transport& transport, broker::Port& broker, const SessionOptions& options, Opening opening
    );

    // Processes a frame in the binary encoding. A message's bytes are not copied.
    void receive(ByteView frame, const ChunkRef* owner);

    // The last frame was an accepted publication without reply subject and headers, and nothing has
    // happened since that its followers would have to be checked for.
    bool may_repeat() const { return may_repeat_; }

    // Publishes frames like that one, from the first on. Returns how many.
    [[nodiscard]] std::size_t receive_repeated(
        std::span<const codec::FrameAhead> frames, const ChunkRef* owner
    );

    // Announces the subjects of frames in the binary encoding.
    void notice(std::span<const codec::FrameAhead> frames);
    // Returns false once the input has ended; counts the frame.
    bool takes_frame();

private:
    enum class Phase : std::uint8_t { open, draining, input_ended };

    void receive_frame(const wire::FrameView& frame, ByteView bytes, const ChunkRef* owner);
    void receive_publication(const Publication& publication);
    // A request or a durable publication.
    void receive_with_id(const wire::FrameView& frame, const ChunkRef* owner);
    void receive_control(const wire::FrameView& view, ByteView bytes);
    void dispatch_control(const v1::Frame& frame);
    void receive_ping(const v1::Ping& ping);
    void receive_flush(const v1::Flush& flush);
    void receive_goodbye();
    void end_input();
    bool awaits_replies() const;
    void close_when_settled();

    Phase phase_ = Phase::open;
    bool held_end_ = false;   // the input ended while authenticating
    bool peer_gone_ = false;  // does not read
    bool may_repeat_ = false;
    std::size_t flushes_ = 0;  // without Flushed
    Introduction introduction_;
    MessageGate gate_;
    RequestBook requests_;
    DurableBook durables_;
    SubscriptionBook subscriptions_;
    SilenceWatch silence_;
};

}  // namespace telex::session::native
