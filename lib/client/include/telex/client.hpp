#pragma once
// The connection of a program to a telex exchange.
#include <telex/consumer.hpp>
#include <telex/error.hpp>
#include <telex/export.hpp>
#include <telex/message.hpp>
#include <telex/options.hpp>
#include <telex/payload_view.hpp>
#include <telex/subscription.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace telex {

namespace client {
class Core;
}  // namespace client

using MessageHandler = std::function<void(Message)>;
using ReplyHandler = std::function<void(Expected<Message>)>;
using StoredHandler = std::function<void(Expected<StoredAt>)>;
using SubscribeHandler = std::function<void(Expected<Subscription>)>;
using DoneHandler = std::function<void(Expected<void>)>;

// Name of libtelex 1.
using AnswerHandler [[deprecated("use ReplyHandler")]] = ReplyHandler;

enum class Status : std::uint8_t {
    connecting,  // not connected yet
    connected,
    reconnecting,  // the connection was lost
    draining,
    closed,
};

[[nodiscard]] TELEX_EXPORT std::string_view name_of(Status status);

// Counted since the client was created, across reconnects.
struct Statistics {
    // Accepted by publish(), publish_durable(), respond() and request().
    std::uint64_t published_messages = 0;
    std::uint64_t published_bytes = 0;  // their encoded size
    std::uint64_t received_messages = 0;
    std::uint64_t received_bytes = 0;    // all bytes from servers
    std::uint64_t dropped_messages = 0;  // received, then dropped because a local queue was full
    // Discarded publishes: over a new server's frame limit, or unsent when the client closed.
    std::uint64_t unsent_messages = 0;
    std::uint64_t connects = 0;  // connections made, the first included
    std::uint64_t subscriptions = 0;
    std::uint64_t pending_requests = 0;  // and durable publications
    std::uint64_t buffered_bytes = 0;    // accepted, not yet taken by the socket
    std::uint64_t dropped_errors = 0;    // not passed to on_error, because too many waited for it
};

// A client of a telex exchange. Move-only; every member function may be called from any thread.
//
// Threads. A client has two threads: the I/O thread, which runs no application code, and the
// callback thread, which runs all callbacks one after the other: message handlers, reply handlers
// and the on_* functions. A callback may block: it delays the other callbacks of this client,
// nothing else. Calls that wait (request, subscribe, flush, next) are allowed inside a callback;
// drain(), which waits for the callbacks to finish, returns Errc::would_deadlock there. A callback
// must not throw.
//
// Order. Messages of one subscription arrive in the order in which the exchange sent them, which
// keeps each publisher's order; so do the messages of all callback subscriptions together. The
// messages that one thread publishes are sent in order.
//
// Delivery is at most once. Success of publish() means that the message is buffered in this process
// or was written to the socket; success of flush() means that the exchange has routed every earlier
// message. When a connection is lost, messages written to the socket may be lost; messages not
// completely written are kept and sent on the next connection.
//
// Lost connections. Pending requests fail at once with Errc::disconnected, and so do requests made
// while disconnected. Publishes are buffered up to max_buffered_bytes. After a reconnect the
// subscriptions are renewed first, then the buffer is sent. An exchange that shuts down gracefully
// announces it: the client then sends nothing more to it, takes its last replies and connects
// elsewhere, without losing a buffered message.
//
// Back-pressure. If the server stops reading, the buffer fills, and publish() blocks or fails as
// set by ClientOptions::when_full. If the application takes messages too slowly, its queues fill;
// see SubscribeOptions::credit and max_pending_messages.
//
// fork(). A client belongs to the process that created it. In a child forked afterwards, every call
// returns Errc::closed at once (status() is closed, statistics() are zero), and close() and the
// destructors return at once without effect on the parent's connection. The same applies to
// subscriptions. The child must create its own client. Its copy of the connection's descriptor
// stays open until it ends or calls exec: until then the exchange does not notice that the parent
// was killed. A child forked inside a callback must not return from it.
class TELEX_EXPORT Client {
public:
    // Connects: tries every server once and returns when the first accepts. Errors: connect_failed
    // (the text lists each attempt), not_authenticated and authentication_busy (the exchange
    // rejects the credentials, or asks to retry later; the remaining servers are not tried),
    // invalid_argument. Also connect_failed if connect_timeout passes first.
    [[nodiscard]] static Expected<Client> connect(ClientOptions options = {});
    // Returns at once; the first connection is made like a reconnect, without a time limit.
    // Messages published meanwhile are buffered. Errors: invalid_argument.
    [[nodiscard]] static Expected<Client> connect_in_background(ClientOptions options = {});

    // Name of libtelex 1.
    [[deprecated("use connect_in_background"), nodiscard]] static Expected<Client> start(
        ClientOptions options = {}
    ) {
        return connect_in_background(std::move(options));
    }

    Client(Client&& other) noexcept;
    Client& operator=(Client&& other) noexcept;
    // Calls close().
    ~Client();

    // Publishes without waiting for the exchange, which reports its errors later through on_error.
    // Errors: bad_subject, wildcard_in_publish, frame_too_large,
    // too_many_headers, buffer_full, draining, closed.
    [[nodiscard]] Expected<void> publish(std::string_view subject, PayloadView payload);
    [[nodiscard]] Expected<void> publish(
        std::string_view subject, PayloadView payload, const PublishOptions& options
    );

    // Publishes a message that a stream of the exchange must store, and returns when it is on the
    // disk there (if the stream has another setting of `sync`: when it is written). Subscribers may
    // get the message before. Errors: no_stream (also if the exchange has no streams),
    // not_storable, wrong_sequence, stream_full, storage_full and those of publish(): the message
    // is neither stored nor delivered. After storage_failed, timeout and disconnected it is not
    // known: publish it again with the same DurableOptions::id.
    [[nodiscard]] Expected<StoredAt> publish_durable(
        std::string_view subject, PayloadView payload, const DurableOptions& options = {}
    );
    // The same without waiting; see request_async() for `handler`. The messages of a thread are
    // stored in the order of its calls, also while earlier ones are under way.
    [[nodiscard]] Expected<void> publish_durable_async(
        std::string_view subject,
        PayloadView payload,
        StoredHandler handler,
        const DurableOptions& options = {}
    );

    // Subscribes with a callback. Returns when the subscription is active in the whole exchange:
    // messages published from then on, by any client, are delivered. Errors: bad_subject,
    // bad_queue_group, invalid_argument, an error of the exchange, timeout, draining, closed.
    [[nodiscard]] Expected<Subscription> subscribe(
        std::string_view filter, MessageHandler handler, const SubscribeOptions& options = {}
    );
    // Subscribes without a callback: the application takes messages with Subscription::next.
    [[nodiscard]] Expected<Subscription> subscribe(
        std::string_view filter, const SubscribeOptions& options = {}
    );
    // The same without waiting; see request_async() for `done`. Messages may arrive before it is
    // called.
    [[nodiscard]] Expected<void> subscribe_async(
        std::string_view filter, SubscribeHandler done, const SubscribeOptions& options = {}
    );

    // Becomes a member of a consumer of a stream: each of its messages goes to one member, and is
    // delivered again until it is acknowledged. `consumer`: its name; empty for a consumer of this
    // client alone, which ends with the connection. Errors: invalid_argument, no_consumer,
    // bad_consumer, permission_denied, timeout, draining, closed.
    [[nodiscard]] Expected<Consumer> consume(
        std::string_view stream,
        std::string_view consumer,
        ConsumedHandler handler,
        const ConsumeOptions& options = {}
    );
    // The same without a handler: the application takes messages with Consumer::next.
    [[nodiscard]] Expected<Consumer> consume(
        std::string_view stream, std::string_view consumer, const ConsumeOptions& options = {}
    );

    // Sends a request and waits for the reply. Errors: no_responders, timeout, responder_gone,
    // answer_too_large, disconnected and those of publish(). The exchange enforces the time-out; if
    // it is silent, the request fails here 250 ms after its time-out.
    [[nodiscard]] Expected<Message> request(
        std::string_view subject, PayloadView payload, const RequestOptions& options = {}
    );
    // The same without waiting. Immediate errors are returned, and the handler is then not called;
    // otherwise it is called exactly once, on the callback thread (with Errc::closed if the client
    // is closed first).
    [[nodiscard]] Expected<void> request_async(
        std::string_view subject,
        PayloadView payload,
        ReplyHandler handler,
        const RequestOptions& options = {}
    );
    // Publishes a reply to Message::reply_to of `request`. Errors: invalid_argument if it is empty,
    // and those of publish().
    //
    // When the server stops, the client stays connected to it until every request that it received
    // there has its reply, or all copies of its Message are destroyed, or the server closes the
    // connection: keep the Message until then. Other messages wait for the next connection.
    [[nodiscard]] Expected<void> respond(
        const Message& request, PayloadView payload, const PublishOptions& options = {}
    );

    // Returns when the exchange has routed all earlier publishes. Waits for a connection if there
    // is none. Errors: timeout, disconnected (messages may be lost), closed.
    [[nodiscard]] Expected<void> flush(
        std::chrono::milliseconds timeout = std::chrono::seconds(10)
    );
    // The same without waiting; see request_async() for `done`.
    [[nodiscard]] Expected<void> flush_async(
        DoneHandler done, std::chrono::milliseconds timeout = std::chrono::seconds(10)
    );
    // Closes gracefully: ends every subscription, passes received messages to the callbacks, waits
    // for pending replies, rejects new publishes, flushes, closes. Messages of subscriptions
    // without callback stay readable through their handles. The client is closed afterwards, even
    // on errors: timeout, disconnected, closed. The error would_deadlock (called from a callback)
    // has no effect.
    [[nodiscard]] Expected<void> drain(
        std::chrono::milliseconds timeout = std::chrono::seconds(30)
    );
    // The same without waiting; allowed inside a callback. `done` is called when the client is
    // closed, before on_closed.
    [[nodiscard]] Expected<void> drain_async(
        DoneHandler done, std::chrono::milliseconds timeout = std::chrono::seconds(30)
    );
    // Sends buffered messages (for at most close_timeout), sends Goodbye and ends both threads.
    // Pending requests fail with Errc::closed; messages not yet passed to a callback are dropped.
    // After it returns no callback runs. If called from a callback, only that one finishes, and
    // on_closed follows. Idempotent.
    void close();

    [[nodiscard]] Status status() const;
    // The server of the current or last connection; nullopt before the first.
    [[nodiscard]] std::optional<ServerInfo> server_info() const;
    [[nodiscard]] Statistics statistics() const;

private:
    explicit Client(std::shared_ptr<client::Core> core);

    [[nodiscard]] Expected<Consumer> consume_by(
        std::string_view stream,
        std::string_view consumer,
        MessageHandler handler,
        const ConsumeOptions& options
    );

    std::shared_ptr<client::Core> core_;
};

}  // namespace telex
