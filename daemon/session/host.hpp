#pragma once
// What a session may ask of the world: its connection (bytes out, close) and the exchange (publish,
// subscribe, request). The daemon implements it with sockets and reactors, tests with a recorder.
//
// Everything here is called on the session's reactor thread. No call re-enters the session, except
// where said.
#include "access/users.hpp"
#include "base/bytes.hpp"
#include "base/chunk.hpp"
#include "session/close_reason.hpp"
#include "session/drop_reason.hpp"
#include "telex/v1/telex.pb.h"
#include "wire/frame_view.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::session {

using TimePoint = std::chrono::steady_clock::time_point;

// A message on its way into the exchange.
struct Publication {
    // `body` is the encoded telex.v1.Message, the rest are views into it. Refers to the caller's.
    const wire::MessageView& message;
    // Keeps the body alive beyond the call; null when the bytes are valid during the call only.
    const ChunkRef* owner = nullptr;
};

struct SubscriptionSpec {
    std::uint64_t id = 0;  // unique within the session, not zero
    std::string filter;
    std::string queue_group;
    v1::SlowPolicy slow_policy = v1::SLOW_POLICY_UNSPECIFIED;
    std::uint64_t credit = 0;        // 0: no limit
    std::uint64_t max_messages = 0;  // 0: no limit
    // NATS sessions see '$' subjects through leading wildcards, ours do not.
    bool sees_reserved = false;
    bool no_echo = false;
    // Some of what it selects is denied to the user: each message is to be looked at.
    bool hides_some = false;
};

// One outgoing frame, without its framing: `head` followed by `body`.
struct OutFrame {
    ByteView head;
    ByteView body;
    // Keeps the body alive beyond the call; null when the bytes are valid during the call only.
    const ChunkRef* body_owner = nullptr;
};

// Facts about the peer, for subject templates and texts.
struct PeerFacts {
    std::string transport;   // "tcp", "udp", "unix", "unix-seqpacket", "unix-dgram"
    std::string host;        // address without port, path, or "uid-1000"
    std::string port;        // decimal, empty when there is none
    std::string listener;    // name of the listener
    std::string connection;  // decimal number, unique in this run of the daemon
};

class Host {
public:
    virtual ~Host() = default;

    // --- the connection ---------------------------------------------------------------------
    // All three queue a frame; the error says why it cannot be written, and is counted by nobody
    // yet. A frame of the protocol's own, such as a pong, which the slow-consumer policy never
    // drops.
    [[nodiscard]] virtual SendResult send_control(const OutFrame& frame) = 0;
    // An answer, which is never dropped either. Where payloads bring their own boundaries it may be
    // several whole frames (codec::encode_answer).
    [[nodiscard]] virtual SendResult send_answer(const OutFrame& frame) = 0;
    // The delivery that Session::deliver is just asked for; its policy may drop it later.
    [[nodiscard]] virtual SendResult send_delivery(const OutFrame& frame) = 0;
    // What send_answer would say, without queueing anything.
    [[nodiscard]] virtual SendResult check_answer(const OutFrame& frame) const = 0;
    // Writes what is queued, then ends the connection. Idempotent: the first reason counts.
    // `detail` goes to the log line.
    virtual void close(CloseReason reason, std::string_view detail) = 0;
    virtual const PeerFacts& peer() const = 0;
    // What it may do; null: everything, because the exchange knows no users. A peer that is not
    // known (yet) is access::stranger().
    virtual const access::User* user() const = 0;

    // It is the daemon's own user of the system, or root, and the kernel vouches for it.
    virtual bool owns_daemon() const { return false; }

    // Finds out whether the peer is who it says; ends in Session::on_authenticated, at once or
    // later. One at a time.
    virtual void authenticate(const access::Credentials& credentials) = 0;
    // What the holder of a key has to sign next.
    virtual std::string make_challenge() = 0;
    // When the last byte of the peer arrived; not advanced while we do not read from it.
    virtual TimePoint last_received() const = 0;
    virtual TimePoint now() const = 0;
    // Counts a refusal of the session's by its code, once for each, also where the peer is not
    // told. What the exchange refuses or lets fail (Session::refuse, on_request_failed) it counts.
    virtual void count_refusal(v1::ErrorCode code) = 0;
    // Counts frames that the peer does not get and that the exchange does not know of: controls,
    // and answers that were dropped after Session::on_answer took them.
    virtual void count_unsent(const SendFault& fault, std::uint64_t count) = 0;

    // What the client calls itself, printable and short, for logs and the connection list.
    virtual void set_client_name(std::string_view /*name*/) {}

    // --- the exchange -----------------------------------------------------------------------
    // The subject was checked by the session.
    virtual void publish(const Publication& publication) = 0;
    // Ends in exactly one Session::on_answer or on_request_failed of that id (also after the
    // session's input ended), unless the connection closes first. May call back at once.
    virtual void request(
        const Publication& publication, std::uint64_t request_id, std::chrono::milliseconds timeout
    ) = 0;
    // The filter was checked by the session. Ends in Session::on_subscribed once the subscription
    // is active on every reactor (at once, from inside this call, when there is only one), or in
    // Session::refuse for it.
    virtual void subscribe(SubscriptionSpec spec) = 0;
    virtual bool has_subscription(std::uint64_t id) const = 0;
    virtual std::size_t subscription_count() const = 0;
    // Ends in Session::on_unsubscribed. The id must exist.
    virtual void unsubscribe(std::uint64_t id) = 0;
    virtual void add_credit(std::uint64_t id, std::uint64_t messages) = 0;
    // Ends in Session::on_flushed once everything published before is in its subscribers' queues.
    virtual void flush(std::uint64_t id) = 0;
    virtual std::size_t pending_requests() const = 0;
};

}  // namespace telex::session
