#pragma once
// Members of the consumers of streams: messages that are delivered until they are acknowledged.
#include <telex/error.hpp>
#include <telex/export.hpp>
#include <telex/message.hpp>
#include <telex/subscription.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace telex {

enum class AckPolicy : std::uint8_t {
    each = 0,  // every message is acknowledged
    all = 1,   // an acknowledgement includes all earlier messages
    none = 2,  // a delivery settles the message
};

enum class ConsumerStart : std::uint8_t {
    first = 0,             // all messages of the stream
    fresh = 1,             // those that are stored later
    last = 2,              // from the newest message that the filters select
    last_per_subject = 3,  // the newest message of each subject, then new ones
    sequence = 4,          // from ConsumerSettings::start_sequence
    time = 5,              // from ConsumerSettings::start_time
};

// Settings of a consumer. Absent, zero and empty: the default of the exchange, or no limit.
struct ConsumerSettings {
    // Filters; empty: all subjects of the stream.
    std::vector<std::string> filters;
    AckPolicy ack = AckPolicy::each;
    ConsumerStart start = ConsumerStart::first;
    std::uint64_t start_sequence = 0;
    std::chrono::system_clock::time_point start_time;
    // Delivered and not settled, over all members. Default 1,000.
    std::uint32_t max_in_flight = 0;
    // Until a message without an outcome is delivered again. Default 30 seconds.
    std::chrono::milliseconds ack_wait{0};
    // Wait after attempt 1, 2, ... until the next one; the last one repeats. At most 20.
    std::vector<std::chrono::milliseconds> back_off;
    std::uint32_t max_deliveries = 0;
    // Where a copy is published after max_deliveries, or after term().
    std::string dead_letter_subject;
    // The consumer ends after this time without a member.
    std::chrono::milliseconds inactivity{0};
    // Messages with the same subject go to one member at a time, in order.
    bool key_affinity = false;
    std::uint32_t max_in_flight_per_key = 0;
};

struct ConsumeOptions {
    // Creates the consumer if it does not exist; one that exists must have the same settings.
    // Absent: it must exist. Required for a consumer without a name.
    std::optional<ConsumerSettings> create;
    // Messages that the exchange may send before the application has taken them; not zero. Taking a
    // message returns its credit.
    std::uint64_t credit = 256;
    // How long consume() waits for the exchange's confirmation.
    std::chrono::milliseconds timeout{5000};
};

// A message of a consumer. May be copied; its functions may be called from any thread, and do not
// wait for the exchange: outcomes are sent together, as soon as the socket takes them. A message
// without an outcome is delivered again.
//
// Errors of ack() and the others: disconnected (the connection that brought the message is lost: it
// is delivered again), subscription_ended, closed.
class TELEX_EXPORT ConsumedMessage {
public:
    // Made by Consumer.
    explicit ConsumedMessage(Message message);

    Message message;
    // Of the message in its stream.
    std::uint64_t sequence = 0;
    std::chrono::system_clock::time_point time;  // when it was stored
    // 1 for the first delivery. At least this one: a restart may have hidden others.
    std::uint32_t attempt = 0;
    // It may have been delivered before.
    bool redelivered = false;

    // The message is done.
    [[nodiscard]] Expected<void> ack() const;
    // Deliver it again, after `delay`; zero: after the consumer's back-off.
    [[nodiscard]] Expected<void> nak(std::chrono::milliseconds delay = std::chrono::milliseconds(0))
        const;
    // The wait for the acknowledgement begins again.
    [[nodiscard]] Expected<void> in_progress() const;
    // Do not deliver it again: it becomes a dead letter.
    [[nodiscard]] Expected<void> term() const;
};

using ConsumedHandler = std::function<void(ConsumedMessage)>;

// A member of a consumer, from Client::consume. Move-only; may be used from any thread.
//
// The handle owns the membership: destroying it ends it, and messages that were not acknowledged go
// to other members. Acknowledgements that were made before count.
//
// After a reconnect the membership is renewed. Messages of the lost connection that the application
// has not taken are discarded here, because the exchange delivers them again; those that it has
// taken can no longer be acknowledged. A consumer without a name ends with its connection
// (Errc::disconnected).
class TELEX_EXPORT Consumer {
public:
    // An empty handle; every call on it fails with Errc::subscription_ended.
    Consumer() = default;

    // Returns the next message (consumers without a handler). Errors as those of
    // Subscription::next.
    [[nodiscard]] Expected<ConsumedMessage> next(std::chrono::milliseconds timeout);
    // Returns the next message if there is one, without waiting.
    [[nodiscard]] std::optional<ConsumedMessage> try_next();

    // See Subscription::notify_when_ready.
    [[nodiscard]] bool notify_when_ready(std::function<void()> handler) {
        return subscription_.notify_when_ready(std::move(handler));
    }

    // Ends the membership at once and drops its pending messages.
    [[nodiscard]] Expected<void> unsubscribe() { return subscription_.unsubscribe(); }

    // Keeps the membership for the lifetime of its client; the handle becomes empty.
    void detach() { subscription_.detach(); }

    [[nodiscard]] bool active() const { return subscription_.active(); }

    [[nodiscard]] SubscriptionStatistics statistics() const { return subscription_.statistics(); }

private:
    friend class Client;

    explicit Consumer(Subscription subscription) : subscription_(std::move(subscription)) {}

    Subscription subscription_;
};

}  // namespace telex
