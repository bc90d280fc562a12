#pragma once
// The connection of a program to a telex exchange.
#include <telex/error.hpp>
#include <telex/export.hpp>
#include <telex/message.hpp>
#include <telex/options.hpp>
#include <telex/subscription.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string_view>

namespace telex {

namespace client {
class Core;
}  // namespace client

using MessageHandler = std::function<void(Message)>;
using AnswerHandler = std::function<void(Expected<Message>)>;

enum class Status : std::uint8_t {
    connecting,  // not connected yet
    connected,
    reconnecting,  // lost the connection, trying again
    draining,
    closed,
};

TELEX_EXPORT std::string_view name_of(Status status);

// Counted since the client was made, across reconnects.
struct Statistics {
    std::uint64_t published_messages = 0;  // accepted by publish(), respond() and request()
    std::uint64_t published_bytes = 0;     // their encoded size
    std::uint64_t received_messages = 0;
    std::uint64_t received_bytes = 0;    // everything that came from servers
    std::uint64_t dropped_messages = 0;  // received, and dropped by a full local queue
    // Publishes that were given up: over the new server's frame limit, or unsent at the end.
    std::uint64_t unsent_messages = 0;
    std::uint64_t connects = 0;  // Welcomes received; reconnects are one less
    std::uint64_t subscriptions = 0;
    std::uint64_t pending_requests = 0;
    std::uint64_t buffered_bytes = 0;  // accepted, not yet taken by the socket
};

// A client of a telex exchange. Move-only; every member function may be called from any thread.
//
// Threads. A client has two of its own: the I/O thread, on which no application code ever runs, and
// the callback thread, on which every callback runs, one after the other: message handlers, answer
// handlers and the on_* functions. A callback may block: it holds up the other callbacks of this
// client, nothing else. Calls that wait (request, subscribe, flush, next) may be made inside a
// callback; drain(), which waits for the callbacks to finish, returns Errc::would_deadlock there.
// A callback must not throw.
//
// Order. Messages of one subscription arrive in the order in which the exchange sent them, which is
// each publisher's order; so do the messages of all callback subscriptions together. What one
// thread publishes is sent in its order.
//
// Delivery is at most once. publish() returning success means that the message waits in this
// process or was given to the socket; flush() returning success means that the exchange has routed
// everything before it. Messages that a socket had taken when the connection died are lost;
// messages that it had not wholly taken are kept and sent on the next connection.
//
// Lost connections. Requests that wait for an answer fail at once with Errc::disconnected, and so
// do requests made while there is no connection. Publishes are buffered up to max_buffered_bytes.
// Subscriptions are made again first, then the buffer is sent. An exchange that shuts down in order
// says goodbye: the client then sends nothing more to it, takes its last answers, and connects
// elsewhere without the loss of a buffered message.
//
// Back-pressure. When the server stops reading, the buffer fills and publish() blocks or fails as
// ClientOptions::when_full says. When the application takes messages too slowly, its queues fill;
// see SubscribeOptions::credit and max_pending_messages.
//
// fork(). A client belongs to the process that made it. In a child that was forked since, every
// call returns Errc::closed at once (status() is closed, statistics() are zero), close() and the
// destructors return at once, and nothing of that disturbs the parent's connection. The same holds
// for its subscriptions. A child makes a client of its own. Its copy of the connection's descriptor
// stays open until it ends or calls exec, so the exchange does not see a parent that is killed
// before. A child that was forked inside a callback must not return from it.
class TELEX_EXPORT Client {
public:
    // Connects: tries every server once and returns when one has welcomed us. Errors:
    // connect_failed (with what each server did), not_authenticated and authentication_busy (the
    // exchange wants other credentials, or wants them later; servers behind it are not tried),
    // timed_out (connect_timeout), invalid_argument.
    [[nodiscard]] static Expected<Client> connect(ClientOptions options = {});
    // Returns at once and connects in the background, for as long as it takes. What is published
    // meanwhile is buffered. Errors: invalid_argument.
    [[nodiscard]] static Expected<Client> start(ClientOptions options = {});

    Client(Client&& other) noexcept;
    Client& operator=(Client&& other) noexcept;
    // As close().
    ~Client();

    // Publishes; returns without waiting for the exchange. A refusal by the exchange comes later,
    // through on_error. Errors: bad_subject, wildcard_in_publish, message_too_large,
    // too_many_headers, buffer_full, draining, closed.
    [[nodiscard]] Expected<void> publish(std::string_view subject, std::string_view payload);
    [[nodiscard]] Expected<void> publish(
        std::string_view subject, std::string_view payload, const PublishOptions& options
    );

    // Subscribes with a callback. Returns when the subscription is active on the whole exchange:
    // what is published from now on, by anybody, arrives. Errors: bad_subject, bad_queue_group,
    // invalid_argument, the exchange's refusal, timed_out, draining, closed.
    [[nodiscard]] Expected<Subscription> subscribe(
        std::string_view filter, MessageHandler handler, const SubscribeOptions& options = {}
    );
    // Subscribes without one: the application takes messages by Subscription::next.
    [[nodiscard]] Expected<Subscription> subscribe(
        std::string_view filter, const SubscribeOptions& options = {}
    );

    // Asks and waits for the answer. Errors: no_responders, timeout, responder_gone,
    // answer_too_large, disconnected and those of publish(). The exchange keeps the time; should it
    // be silent, the request ends here 250 ms after its time-out.
    [[nodiscard]] Expected<Message> request(
        std::string_view subject, std::string_view payload, const RequestOptions& options = {}
    );
    // The same without waiting. The future never throws; dropping it abandons the answer.
    [[nodiscard]] std::future<Expected<Message>> request_async(
        std::string_view subject, std::string_view payload, const RequestOptions& options = {}
    );
    // The same with a callback. Errors that are found at once are returned, and the callback is not
    // called then; else it runs exactly once, on the callback thread (with Errc::closed at the
    // latest when the client ends).
    [[nodiscard]] Expected<void> request_async(
        std::string_view subject,
        std::string_view payload,
        AnswerHandler handler,
        const RequestOptions& options = {}
    );
    // Answers a request (or a message with a reply subject). Errors: invalid_argument when nobody
    // wants an answer, and those of publish().
    [[nodiscard]] Expected<void> respond(
        const Message& request, std::string_view payload, const PublishOptions& options = {}
    );

    // Returns when the exchange has routed everything that was published before. While there is no
    // connection, waits for one. Errors: timed_out, disconnected (something may be lost), closed.
    [[nodiscard]] Expected<void> flush(
        std::chrono::milliseconds timeout = std::chrono::seconds(10)
    );
    // Ends in order: ends every subscription, delivers what had arrived to the callbacks, waits for
    // pending answers, refuses new publishes, flushes, closes. Messages of subscriptions without
    // callback stay readable through their handles. The client is closed afterwards, also when this
    // fails. Errors: timed_out, disconnected, closed, would_deadlock (called from a callback, and
    // nothing was done).
    [[nodiscard]] Expected<void> drain(
        std::chrono::milliseconds timeout = std::chrono::seconds(30)
    );
    // Sends what is buffered (for at most close_timeout), says goodbye and ends both threads.
    // Pending requests fail with Errc::closed, messages that no callback has seen are dropped. When
    // it returns no callback runs, except when it was called from one: that one finishes as the
    // last but on_closed. Idempotent.
    void close();

    Status status() const;
    // The server of the current connection, or of the last one; empty before the first.
    std::optional<ServerInfo> server_info() const;
    Statistics statistics() const;

private:
    explicit Client(std::shared_ptr<client::Core> core);

    std::shared_ptr<client::Core> core_;
};

}  // namespace telex
