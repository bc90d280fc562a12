#pragma once
// The client behind Client: owns the parts and the two threads, and closes them in order.
//
//   application threads ──▶ Publisher, Subscriptions ──▶ SharedState (mutex) ◀── Connection,
//   Receiver
//                                                                                 I/O thread
//   callback thread     ◀── Dispatcher ◀── Callbacks, Receiver
#include "base/time.hpp"
#include "client/callbacks.hpp"
#include "client/completion.hpp"
#include "client/connection.hpp"
#include "client/dispatcher.hpp"
#include "client/publisher.hpp"
#include "client/shared_state.hpp"
#include "client/subscriptions.hpp"
#include <telex/client.hpp>

#include <asio/io_context.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace telex::client {

// Any thread, except the private part.
class Core final : public std::enable_shared_from_this<Core> {
public:
    using SubscriptionPtr = Subscriptions::SubscriptionPtr;

    // Validates the options and starts both threads.
    [[nodiscard]] static Expected<std::shared_ptr<Core>> start(ClientOptions given);
    ~Core();

    [[nodiscard]] Expected<void> wait_connected();
    [[nodiscard]] Expected<void> drain(std::chrono::milliseconds timeout);
    // The same without close() and without waiting. If it returns an error, `done` is not called.
    [[nodiscard]] Expected<void> begin_drain(std::chrono::milliseconds timeout, Done<void> done);
    void close();
    Status status() const;
    std::optional<ServerInfo> server_info() const;
    Statistics statistics() const;

    const ClientOptions& options() const { return *state_.options; }

    // Returns whether this is a forked child: every call then fails at once.
    bool is_inherited() const { return state_.is_inherited(); }

    [[nodiscard]] Expected<void> publish(const OutMessage& message) {
        return publisher_.publish(message);
    }

    [[nodiscard]] Expected<void> request(
        const OutMessage& message, std::chrono::milliseconds timeout, Completion completion
    ) {
        return publisher_.request(message, timeout, std::move(completion));
    }

    [[nodiscard]] Expected<void> publish_durable(
        const OutMessage& message, std::chrono::milliseconds timeout, Done<StoredAt> done
    ) {
        return publisher_.publish_durable(message, timeout, std::move(done));
    }

    [[nodiscard]] Expected<void> flush(TimePoint deadline, Done<void> done) {
        return publisher_.flush(deadline, std::move(done));
    }

    // Runs a call of the application on the callback thread.
    void post_callback(Dispatcher::Call call) { dispatcher_->post(std::move(call)); }

    [[nodiscard]] Expected<void> subscribe(
        std::string_view filter,
        MessageHandler handler,
        const SubscribeOptions& options,
        Done<Subscription> done
    );
    // `options`: with the credit.
    [[nodiscard]] Expected<void> consume(
        ConsumeTerms terms,
        MessageHandler handler,
        const SubscribeOptions& options,
        Done<Subscription> done
    );

    // The outcome of a message of this subscription. `delay` is not negative.
    [[nodiscard]] Expected<void> acknowledge(
        const SubscriptionState& subscription,
        const RecordPlace& place,
        RecordOutcome outcome,
        std::chrono::milliseconds delay
    );

    // Any thread; without effect if the client is closed.
    void notify_changed();

    [[nodiscard]] Expected<void> add_credit(
        const SubscriptionPtr& subscription, std::uint64_t messages
    ) {
        return subscriptions_.add_credit(subscription, messages);
    }

    void unsubscribe(const SubscriptionPtr& subscription) {
        subscriptions_.unsubscribe(subscription);
    }

    [[nodiscard]] Expected<void> drain(const SubscriptionPtr& subscription, TimePoint deadline);

private:
    using Phase = SharedState::Phase;

    Core(const std::shared_ptr<const ClientOptions>& options, Connection::Options connection);

    // Passes the handle to `done`.
    Done<SubscriptionPtr> with_handle(Done<Subscription> done);

    const std::shared_ptr<Dispatcher> dispatcher_ = std::make_shared<Dispatcher>();
    asio::io_context io_{1};
    SharedState state_;
    Callbacks callbacks_;
    Publisher publisher_;
    Subscriptions subscriptions_;
    Connection connection_;
    std::mutex join_mutex_;  // serialises the end of the threads
    std::thread io_thread_;
};

}  // namespace telex::client
