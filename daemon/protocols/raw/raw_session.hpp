#pragma once
// The raw protocol: a frame is a payload, for programs that know nothing of telex. The listener's
// configuration says what becomes of it (raw_options.hpp): it is published, or it is a request; and
// messages of a subscription come back as frames.
//
//   open -> ending (with a reason; accepts no more frames) -> closed (when all replies are written)
//
// Requests: replies are written in the order of the frames; the peer tells them apart by nothing
// else. So when one has no reply (no responder, time-out, too many at once, a responder that
// failed, a reply that the framing cannot carry), the replies to the frames before it are still
// written and then the connection ends, with the reason in the log: without it the peer would take
// the next reply for this one. Protocols with status lines get one in place of the reply that is
// missing (status_refusal.hpp). Only a responder may say that a frame has no reply
// (wire/reply_headers.hpp): then nothing is written in its place.
// Replies that wait for an older one are held up to kHeldFrames times the listener's largest frame.
// With `ack` each frame is a publication that a stream must store, and the answers are in the order
// of the frames like replies (stored_frames.hpp). Datagrams: replies go out as they come, one that
// fails is left out, nothing is subscribed, and only silence ends the session. A reply that its
// responder has marked as the last, or each with `close_after_reply`, ends the connection: older
// replies are still written, younger requests are given up and counted. So does a marked message
// with `close_by_message`. The mark is the header Telex-Close. With `connect` the session begins
// with a request, whose reply comes before all others: until then nothing is read from the peer.
//
//   start -> greeting -> subscribed -> connect request -> reply -> frames
//
// With idle_timeout a peer is closed after this time without a frame in either direction and
// without a request.
//
// Owner: the connection. Thread: the connection's reactor.
#include "base/time.hpp"
#include "protocols/raw/ordered_replies.hpp"
#include "protocols/raw/raw_options.hpp"
#include "protocols/raw/raw_subjects.hpp"
#include "protocols/raw/status_refusal.hpp"
#include "protocols/raw/stored_frames.hpp"
#include "session/session.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace telex::session::raw {

class RawSession final : public Session {
public:
    static constexpr std::size_t kHeldFrames = 8;

    RawSession(Transport& transport, broker::Port& broker, const SessionOptions& options)
        : transport_(transport),
          broker_(broker),
          options_(options),
          raw_(options_of<RawOptions>(options.protocol)),
          requests_(transport, options),
          stored_(transport, broker, raw_, requests_),
          refusal_(options.refuse_as) {}

    void start() override;
    void on_user_changed() override;

    bool takes_input() const override { return !connecting_ && !stored_.full(); }

    void on_frame(const InboundFrame& frame) override;
    void on_end_of_input() override;
    void on_peer_gone() override;
    void on_tick() override;
    TimePoint next_deadline() const override;
    [[nodiscard]] SendResult deliver(const Delivery& delivery) override;
    [[nodiscard]] SendResult on_reply(std::uint64_t request_id, const Delivery& reply) override;

    void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) override;

    void on_stored(std::uint64_t id, const broker::StoredOutcome& outcome) override;

    void on_subscribed(std::uint64_t /*subscription*/) override { announce(); }

    void on_unsubscribed(
        std::uint64_t /*subscription*/, std::uint64_t /*delivered*/, std::uint64_t /*dropped*/
    ) override {}

    void on_flushed(std::uint64_t /*id*/) override {}

    void refuse(const Refusal& refusal) override;
    void on_drain() override;
    void on_end(CloseReason reason, broker::Port& broker) override;

private:
    enum class State : std::uint8_t { open, ending, closed };

    void subscribe();
    // Writes the greeting. Returns false if the session has ended.
    [[nodiscard]] bool greet();
    // Sends the request of `connect`.
    void announce();
    // The request of `connect` has its outcome.
    void settle_connect(std::uint64_t request_id);
    void deny(std::string_view why);
    wire::MessageView encode(ByteView payload);
    void publish(const InboundFrame& frame);
    void send_request(const wire::MessageView& message);

    std::chrono::milliseconds timeout() const {
        return std::min(raw_.request_timeout, options_.max_request_timeout);
    }

    // The frame is refused: its code is counted, and a peer that waits for its reply loses its
    // connection.
    void refuse_frame(v1::ErrorCode code, CloseReason reason, std::string_view detail);
    void write_held_replies();
    // The request has its outcome; `last`: the connection ends after it.
    void settle(std::uint64_t request_id, bool last);
    // The last reply or message is known. `given_up`: number of requests that get no reply.
    void finish(std::size_t given_up);
    // The request has no reply, and the protocol cannot report that to the peer.
    void lose_reply(
        std::uint64_t request_id, CloseReason reason, v1::ErrorCode late, std::string_view detail
    );
    // Takes no more frames; closes now or when the last reply is out. Frames that come
    // nevertheless are counted as `late`.
    void end(CloseReason reason, v1::ErrorCode late, std::string_view detail);
    void close_when_settled();
    // When a frame was read or written last.
    TimePoint last_active() const;

    Transport& transport_;
    broker::Port& broker_;
    const SessionOptions& options_;
    const RawOptions& raw_;
    State state_ = State::open;
    RawSubjects subjects_;
    std::uint64_t connect_id_ = 0;
    bool connecting_ = false;  // the request of `connect` was not sent, or has no reply yet
    bool announced_ = false;   // the end is reported
    std::string body_;  // the message that is being published: reused, given back when unused
    bool body_used_ = false;
    bool finishing_ = false;  // the last reply or message is known
    bool peer_gone_ = false;  // does not read
    OrderedReplies requests_;
    StoredFrames stored_;
    StatusRefusal refusal_;
    TimePoint last_sent_{};
    CloseReason reason_ = CloseReason::client_closed;
    v1::ErrorCode late_ = v1::ERROR_CODE_UNSPECIFIED;
    std::string detail_;
};

}  // namespace telex::session::raw
