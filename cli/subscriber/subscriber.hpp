#pragma once
// Subscribes with several filters and takes their messages to one sink. A thread for each filter
// waits for messages; their order is that of the exchange for each filter, not across filters.
#include "cli/subscriber/message_sink.hpp"
#include "cli/terminal/signal_waiter.hpp"
#include <telex/client.hpp>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace telex::cli {

class Subscriber {
public:
    // All must outlive the subscriber. `signals` is notified when a filter has no more messages.
    Subscriber(Client& client, MessageSink& sink, SignalWaiter& signals);
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;
    // Drops messages that wait, and joins the threads.
    ~Subscriber();

    // Returns when the subscription is active.
    [[nodiscard]] Expected<void> add(const std::string& filter, const SubscribeOptions& options);
    // Starts to take messages.
    void start();
    // Ends the subscriptions and waits for the threads. With `drain`, messages that have arrived
    // are still taken, for a limited time.
    void stop(bool drain);

    // After stop(): why a subscription failed.
    std::optional<Error> error() const;

    SubscriptionStatistics statistics() const;

private:
    struct Followed {
        Subscription subscription;
        std::thread thread;
        std::optional<Error> error;  // written by the thread
    };

    void follow(Followed& followed);

    Client& client_;
    MessageSink& sink_;
    SignalWaiter& signals_;
    std::vector<std::unique_ptr<Followed>> followed_;
};

}  // namespace telex::cli
