#pragma once
// The connection as its session sees it: sends frames, closes, knows the peer and the time. The
// daemon implements it with sockets, tests with a recorder.
//
// All calls are made on the session's reactor thread. No call re-enters the session, except where
// noted.
#include "access/users.hpp"
#include "base/bytes.hpp"
#include "base/chunk.hpp"
#include "base/time.hpp"
#include "broker/close_reason.hpp"
#include "broker/publication_run.hpp"
#include "broker/send_result.hpp"
#include "telex/v1/error.pb.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::session {

using broker::CloseReason;
using broker::DropReason;
using broker::kCloseReasons;
using broker::name_of;
using broker::not_sent;
using broker::reason_of;
using broker::SendFault;
using broker::SendResult;

// One outgoing frame, without its framing: `head` followed by `body`.
struct OutFrame {
    ByteView head;
    ByteView body;
    // Keeps the body alive beyond the call; null if the bytes are valid during the call only.
    const ChunkRef* body_owner = nullptr;
};

// Replies that a session keeps.
struct HeldReplies {
    std::uint64_t count = 0;
    std::size_t memory = 0;  // bytes that they take

    friend bool operator==(const HeldReplies&, const HeldReplies&) = default;
};

// Facts about the peer, for subject templates and texts.
struct PeerFacts {
    std::string transport;   // "tcp", "udp", "unix", "unix-seqpacket", "unix-dgram"
    std::string host;        // address without port, path, or "uid-1000"
    std::string port;        // decimal; empty if there is none
    std::string listener;    // name of the listener
    std::string connection;  // decimal number, unique in this run of the daemon
};

class Transport {
public:
    virtual ~Transport() = default;

    // --- frames out -------------------------------------------------------------------------
    // Each queues a frame. The error says why it cannot be written; the caller counts it.
    // A control frame of the protocol, such as a pong: the slow-consumer policy never drops it.
    [[nodiscard]] virtual SendResult send_control(const OutFrame& frame) = 0;
    // A reply to a request, which is never dropped either. Where payloads carry their own
    // boundaries it may consist of several whole frames (codec::encode_reply).
    [[nodiscard]] virtual SendResult send_reply(const OutFrame& frame) = 0;
    // A message; the slow-consumer policy may drop it later. `key`: Delivery::key.
    [[nodiscard]] virtual SendResult send_delivery(const OutFrame& frame, std::uint64_t key) = 0;

    // A record of a stream, which is never dropped either. If the connection ends before it is
    // written, it counts as a lost reply.
    [[nodiscard]] virtual SendResult send_stored(const OutFrame& /*frame*/) {
        return not_sent(DropReason::not_encodable);
    }

    // Queues messages of a run: frames with the same head, and bodies of the same size. Returns how
    // many, from the front; send_delivery takes the others, or says why it does not.
    [[nodiscard]] virtual std::size_t send_deliveries(
        ByteView /*head*/, const broker::PublicationRun& /*bodies*/, std::uint64_t /*key*/
    ) {
        return 0;
    }

    // Queues bytes as they are, without a framing. Not on datagram sockets.
    [[nodiscard]] virtual SendResult send_bytes(ByteView /*bytes*/) {
        return not_sent(DropReason::not_encodable);
    }

    // Session::takes_input has become true.
    virtual void resume_input() {}

    // Returns what send_reply would return, without queueing anything.
    [[nodiscard]] virtual SendResult check_reply(const OutFrame& frame) const = 0;
    // Writes what is queued, then ends the connection. Idempotent: the first reason counts.
    // `detail` goes to the log line.
    virtual void close(CloseReason reason, std::string_view detail) = 0;

    // --- the peer ---------------------------------------------------------------------------
    virtual PeerFacts peer() const = 0;
    // The user that the peer acts as; null if there are no users and everything is permitted.
    // access::anonymous() until the peer is authenticated.
    virtual const access::User* user() const = 0;

    // The peer is the daemon's own system user, or root, as the kernel reports it.
    virtual bool owns_daemon() const { return false; }

    // Checks the credentials. Ends in Session::on_authenticated, possibly from inside this call.
    // One call at a time.
    virtual void authenticate(access::Credentials credentials) = 0;
    // Returns the nonce that the holder of a key has to sign next, 32 bytes. For the holder of an
    // nkey: auth::nkey_nonce is its text. May be called before start().
    virtual std::string make_challenge() = 0;

    // The name that the client calls itself, printable and short, for logs and the connection list.
    virtual void set_client_name(std::string_view /*name*/) {}

    // --- time and counters --------------------------------------------------------------------
    // When the last byte of the peer arrived; not advanced while reading is suspended.
    virtual TimePoint last_received() const = 0;
    virtual TimePoint now() const = 0;
    // Counts an error of the session by its code, once each, even if the peer is not notified.
    // Errors that arrive by Session::refuse or on_request_failed are counted by the exchange.
    virtual void count_refusal(v1::ErrorCode code) = 0;

    // Counts a message of the peer that is published although its protocol could not read it.
    virtual void count_unparsed() {}

    // Counts control frames that the peer does not get.
    virtual void count_unsent(const SendFault& fault, std::uint64_t count) = 0;

    // Reports replies that Session::on_reply took and that wait for older ones, whenever they
    // change. When the connection ends they are lost, which the connection counts.
    virtual void note_held_replies(const HeldReplies& /*held*/) {}

    // Reports the memory that the session keeps beside its own size, when it has changed: it is
    // charged as what the connection queues.
    virtual void note_memory(std::size_t /*bytes*/) {}

    // Counts replies that were dropped after Session::on_reply took them.
    virtual void count_lost_replies(const SendFault& fault, std::uint64_t count) = 0;

    // Reports what the session does beyond scanning a frame of the native protocol, in units of
    // about ten nanoseconds: a peer's slice ends by the work that it causes.
    virtual void add_work(std::uint64_t /*units*/) {}
};

}  // namespace telex::session
