#pragma once
// The client behind Client: the state that application threads and the I/O thread share, and what
// each of them does with it.
//
// The connection (phases change on the I/O thread only):
//
//   connecting --Welcome--> connected --Goodbye or closing Error--> leaving
//     ^  |                      |                                      |
//     |  '-- next server, after the last one wait (Backoff) --.        |
//     '---------------------- connection lost ----------------'--------'
//   any of them --close(), no reconnect wanted, credentials refused--> closed (final)
//
// A connection opens with Hello. After Welcome come the subscriptions, then what was published
// meanwhile. close() while connected sends what is buffered and Goodbye, closes its sending side
// and waits for the server to close, so that nothing on its way is lost to a reset.
//
// Locks: mutex_ guards what says so below; it is never held while application code runs. Order:
// mutex_, then a subscription's or the dispatcher's lock. "I/O" members belong to the I/O thread.
#include "auth/signing_key.hpp"
#include "client/backoff.hpp"
#include "client/dispatcher.hpp"
#include "client/endpoint.hpp"
#include "client/incoming.hpp"
#include "client/link.hpp"
#include "client/outbox.hpp"
#include "client/outgoing.hpp"
#include "client/process_mark.hpp"
#include "client/request_table.hpp"
#include "client/server_round.hpp"
#include "client/subscription_state.hpp"
#include "codec/decoder.hpp"
#include <telex/client.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace telex::client {

// Now plus `timeout`, which may be as long as it likes.
TimePoint deadline_after(std::chrono::milliseconds timeout);

class Core final : public std::enable_shared_from_this<Core>, private Link::Handler {
public:
    using SubscriptionPtr = std::shared_ptr<SubscriptionState>;

    // Validates the options and starts both threads.
    [[nodiscard]] static Expected<std::shared_ptr<Core>> start(ClientOptions options);
    ~Core() override;

    // --- lifecycle (core.cpp) ---------------------------------------------------------------
    [[nodiscard]] Expected<void> wait_connected();
    [[nodiscard]] Expected<void> drain(std::chrono::milliseconds timeout);
    void close();
    Status status() const;
    std::optional<ServerInfo> server_info() const;
    Statistics statistics() const;

    const ClientOptions& options() const { return *options_; }

    // True in a child that was forked since: every call below and above then fails at once.
    bool is_inherited() const { return process_.is_inherited(); }

    // --- messages (core_publish.cpp) --------------------------------------------------------
    [[nodiscard]] Expected<void> publish(const OutMessage& message);
    [[nodiscard]] Expected<void> request(
        const OutMessage& message, std::chrono::milliseconds timeout, Completion completion
    );
    [[nodiscard]] Expected<void> flush(TimePoint deadline);

    // Runs a call of the application on the callback thread.
    void post_callback(Dispatcher::Call call) { dispatcher_->post(std::move(call)); }

    // --- subscriptions (core_subscribe.cpp) -------------------------------------------------
    [[nodiscard]] Expected<Subscription> subscribe(
        std::string_view filter, MessageHandler handler, const SubscribeOptions& options
    );
    [[nodiscard]] Expected<void> add_credit(
        const SubscriptionPtr& subscription, std::uint64_t messages
    );
    void unsubscribe(const SubscriptionPtr& subscription);
    [[nodiscard]] Expected<void> drain(const SubscriptionPtr& subscription, TimePoint deadline);

private:
    enum class Phase : std::uint8_t { connecting, connected, leaving, closed };

    Core(
        ClientOptions options,
        std::vector<Endpoint> endpoints,
        tls::ContextPtr tls,
        std::optional<auth::SigningKey> key
    );

    // --- under mutex_ -----------------------------------------------------------------------
    void wake();
    Error closed_error() const;

    bool is_open() const { return phase_ != Phase::closed && !closing_; }

    [[nodiscard]] std::optional<Error> check_limits(
        const OutMessage& message, std::size_t frame_bytes
    ) const;
    [[nodiscard]] std::optional<Error> admit(
        std::unique_lock<std::mutex>& lock, const OutMessage& message, std::size_t frame_bytes
    );
    void count_published(const SizedMessage& message);
    void begin_drain(SubscriptionState& subscription);
    [[nodiscard]] Expected<void> wait_made(
        std::unique_lock<std::mutex>& lock, const SubscriptionPtr& subscription
    );
    void wait_all_ended(const std::vector<SubscriptionPtr>& subscriptions, TimePoint deadline);
    [[nodiscard]] bool wait_answers(TimePoint deadline);

    // --- I/O thread: the connection (core_connection.cpp) -----------------------------------
    void on_open() override;
    void on_wrote(std::size_t bytes) override;
    void on_end(const Error& reason) override;
    void start_round();
    void attempt();
    std::shared_ptr<Link> new_link(std::optional<SocketOwner> owner);
    bool try_other_address(const Error& reason);
    // The longest frame that is accepted, of a server that takes such of `announced` bytes; 0: it
    // has not said so.
    void limit_frames(std::uint64_t announced);
    void attempt_failed(const Error& reason);
    void round_failed(Errc code);
    void lost(const Error& reason);
    void disconnect(const Error& reason);
    void pump();
    void on_wake();
    void begin_close();
    void finish(const Error& reason);
    void arm();
    std::optional<TimePoint> next_deadline() const;
    void on_timer();
    void check_silence(TimePoint now);

    // --- I/O thread: what arrives (core_incoming.cpp) ---------------------------------------
    std::size_t on_bytes(ByteView input) override;
    void on_frame(ByteView frame);
    void on_control(const Incoming& incoming);
    void count_arrived(std::size_t bytes);
    void on_delivery(const Incoming& incoming);
    void on_welcome(const Incoming& incoming);
    void on_challenge(const Incoming& incoming);
    void on_error_frame(const Incoming& incoming);
    void on_goodbye(const Incoming& incoming);
    void on_ping(std::uint64_t nonce);
    void on_subscribed(std::uint64_t id);
    void on_unsubscribed(const Incoming& incoming);
    void refuse_subscription(std::uint64_t id, const Error& error);
    void complete(std::uint64_t request, Expected<Message> answer);
    SubscriptionState* find_subscription(std::uint64_t id);
    std::string subscription_frames();
    void leave(TimePoint until);
    void report(Error error);

    const ProcessMark process_;
    const std::shared_ptr<const ClientOptions> options_;
    const tls::ContextPtr tls_;  // null when no endpoint needs it
    const std::optional<auth::SigningKey> key_;
    const std::shared_ptr<Dispatcher> dispatcher_ = std::make_shared<Dispatcher>();
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    asio::steady_timer timer_;
    std::mutex join_mutex_;  // serialises the end of the threads
    std::thread io_thread_;

    // Guarded by mutex_.
    mutable std::mutex mutex_;
    std::condition_variable changed_;  // phase, subscriptions, requests, flushes
    std::condition_variable room_;     // in the outbox
    Phase phase_ = Phase::connecting;
    bool closing_ = false;   // close() was called
    bool draining_ = false;  // refuses subscriptions
    bool sealed_ = false;    // refuses messages
    bool wake_posted_ = false;
    bool write_running_ = false;
    std::uint32_t waiting_for_room_ = 0;
    std::uint64_t epoch_ = 0;  // connections lost
    std::uint32_t failed_rounds_ = 0;
    Error last_failure_;
    Outbox outbox_;
    RequestTable requests_;
    std::unordered_map<std::uint64_t, SubscriptionPtr> subscriptions_;
    std::uint64_t last_subscription_ = 0;
    std::uint64_t last_flush_ = 0;
    std::uint64_t last_flushed_ = 0;
    std::optional<ServerInfo> info_;
    Statistics counters_;

    // I/O thread.
    std::shared_ptr<Link> link_;
    std::unique_ptr<codec::Decoder> decoder_;
    std::vector<Delivery> batch_;
    std::uint64_t arrived_messages_ = 0;                        // not yet added to counters_
    std::unordered_map<std::uint64_t, SubscriptionPtr> known_;  // spares the lock per delivery
    ServerRound round_;
    std::string reported_untrusted_;
    Backoff backoff_;
    std::minstd_rand random_;
    std::optional<Error> announced_end_;  // by Goodbye or a closing Error
    bool reconnect_at_once_ = false;
    bool send_ended_ = false;
    bool was_challenged_ = false;
    bool close_begun_ = false;
    bool ping_sent_ = false;
    TimePoint connected_at_;
    TimePoint last_received_;
    std::optional<TimePoint> attempt_deadline_;
    std::optional<TimePoint> retry_at_;
    std::optional<TimePoint> leave_by_;
    std::optional<TimePoint> linger_by_;
    TimePoint armed_for_ = TimePoint::max();
};

}  // namespace telex::client
