#pragma once
// The conversation of telex.v1 Frames, whatever their encoding: what a client may say when, and
// what the exchange answers. TelexSession and JsonSession add how a frame is written.
//
//   expect_hello -> open -> draining ---> input_ended -> closed
//     |    |         ^ \----------------/
//     |    v         |
//     |  expect_proof|
//     v    v         |
//     authenticating-/
//
//   expect_hello  only Hello is taken. With Opening::by_any_frame another frame opens the session
//                 with the defaults of Hello, and no Welcome is sent. Datagram sessions start open.
//   expect_proof  Hello showed a key: only Proof is taken.
//   authenticating  the transport checks what the client has shown. What comes meanwhile waits, up
//   to
//                 the limit of frames before Hello.
//   draining      the exchange said Goodbye: requests and subscriptions are refused, everything
//                 else (answers, publishes that were under way, flushes) is still processed until
//                 the client ends its input or the exchange closes.
//   input_ended   the client half-closed or said Goodbye. Frames after its Goodbye are dropped and
//                 counted. The session closes as soon as it owes no answer to a request, Subscribe,
//                 Unsubscribe or Flush; deliveries go on until then, but a subscription alone does
//                 not keep the connection: its client can hear, but nobody would notice it leave.
//   closed        nothing is written any more.
//
// Refusals: codes 1 to 19 and 60 to 79 are written as Error{closing} and end the session, the
// others leave it open; a refused or failed request is answered by its id (except for an id that is
// in use: an error with that id would answer the other request).
// Datagrams: their source may be forged, so bytes that are not the protocol are dropped and counted
// without a word, as are frames that only an exchange sends: two exchanges that are set upon each
// other fall silent. Nothing ends such a session but silence.
//
// Owner: the connection. Thread: the connection's reactor.
#include "base/short_bytes.hpp"
#include "protocols/native/id_set.hpp"
#include "session/message_rules.hpp"
#include "session/options.hpp"
#include "session/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::session {

inline constexpr std::uint32_t kProtocolVersion = 1;

class FrameSession : public Session {
public:
    void start() override;
    std::size_t frame_limit() const override;
    void on_end_of_input() override;
    void on_tick() override;
    TimePoint next_deadline() const override;
    [[nodiscard]] SendResult on_reply(std::uint64_t request_id, const Delivery& answer) override;
    void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) override;
    void on_subscribed(std::uint64_t subscription) override;
    void on_unsubscribed(std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped)
        override;
    void on_flushed(std::uint64_t id) override;
    void on_authenticated(access::Verdict verdict) override;

    void on_user_changed() override { good_subject_.clear(); }

    void refuse(const Refusal& refusal) override;
    void on_drain() override;

protected:
    enum class Opening : std::uint8_t { by_hello, by_any_frame };

    FrameSession(
        Transport& transport, broker::Port& broker, const SessionOptions& options, Opening opening
    );

    // A frame of the peer in the binary encoding. No copy is made of a message's bytes.
    void receive(ByteView frame, const ChunkRef* owner);
    // False when frames are not read any more; says so to the counters.
    bool takes_frame();

    bool is_closed() const { return state_ == State::closed; }

    // A refusal that leaves the session open.
    void complain(v1::ErrorCode code, std::string_view text, std::uint64_t subscription = 0);
    // A refusal that ends it.
    void fail(v1::ErrorCode code, CloseReason reason, std::string_view text);
    // The answer to a request that is refused.
    void refuse_request(std::uint64_t request, v1::ErrorCode code, std::string_view text);

    Transport& transport() { return transport_; }

private:
    enum class State : std::uint8_t {
        expect_hello,
        expect_proof,
        authenticating,
        open,
        draining,
        input_ended,
        closed
    };

    // How a frame that carries no message is put into the peer's queue, and the answer to a
    // request.
    [[nodiscard]] virtual SendResult put(const v1::Frame& frame) = 0;
    [[nodiscard]] virtual SendResult put_answer(
        std::uint64_t request, const wire::MessageView& message, const ChunkRef* owner
    ) = 0;

    // Puts a frame. An error that is too long for the framing goes without its text; what cannot be
    // written at all is counted.
    void write(const v1::Frame& frame);

    bool is_stranger() const { return transport_.user() == &access::stranger(); }

    // Nothing but an introduction is taken.
    bool introducing() const {
        return state_ == State::expect_proof || state_ == State::authenticating ||
               (state_ == State::expect_hello && (opening_ == Opening::by_hello || is_stranger()));
    }

    void receive_frame(const wire::FrameView& frame, ByteView bytes, const ChunkRef* owner);
    void receive_publication(const Publication& publication);
    // The rules for everybody, then the user's permissions.
    [[nodiscard]] std::optional<Problem> check(const wire::MessageView& message, MessageUse use)
        const;

    // The subject passed the check before, and there is nothing else to check.
    bool is_known_good(const wire::MessageView& message) const {
        return !good_subject_.empty() && same_bytes(message.subject, good_subject_) &&
               message.reply.empty() && message.header_count == 0 &&
               message.payload.size() <= good_payload_bytes_;
    }

    void receive_request(const wire::FrameView& frame, const ChunkRef* owner);
    // Opens the session if any frame may; otherwise fails. True when it is open.
    bool open_without_hello();
    void hold(ByteView frame);

    // frame_control.cpp
    void receive_control(const wire::FrameView& view, ByteView bytes);
    void dispatch_control(const v1::Frame& frame);
    void receive_hello(const v1::Hello& hello);
    void receive_proof(const v1::Proof& proof);
    void receive_subscribe(const v1::Subscribe& subscribe);
    void receive_unsubscribe(const v1::Unsubscribe& unsubscribe);
    void receive_credit(const v1::Credit& credit);
    void receive_ping(const v1::Ping& ping);
    void receive_flush(const v1::Flush& flush);
    void receive_goodbye();
    void write_welcome();
    bool has_live_subscription(std::uint64_t id) const;

    // frame_authentication.cpp
    // Starts to find out who the client is. False: it has shown nothing.
    [[nodiscard]] bool authenticate(const v1::Hello& hello);
    void release_held();

    void fail_unexpected(std::string_view text);
    void write_request_error(std::uint64_t request, v1::ErrorCode code, std::string_view text);
    void write_subscribed(std::uint64_t subscription);
    void end_input();
    void close_when_settled();
    void watch_silence();

    Transport& transport_;
    broker::Port& broker_;
    const SessionOptions& options_;
    const Opening opening_;
    State state_;
    bool no_echo_ = false;
    std::uint32_t version_ = 0;
    std::string public_key_;         // shown in Hello, to be proved
    std::vector<std::string> held_;  // frames that came while authenticating
    std::size_t held_bytes_ = 0;
    bool held_end_ = false;  // and the end of the input
    TimePoint started_{};
    // last_received() when the last Ping was sent: one Ping for each silence.
    TimePoint pinged_silence_{};
    TimePoint pinged_at_{};
    std::uint64_t pings_ = 0;
    IdSet requests_;  // without an answer
    IdSet starting_;  // subscriptions without Subscribed
    IdSet ending_;    // subscriptions that the client ended, without Unsubscribed
    std::size_t flushes_ = 0;
    // Up to which a payload needs no look either.
    std::size_t good_payload_bytes_ = 0;
    std::string good_subject_;  // of the last publication: most are followed by their like
};

}  // namespace telex::session
