#pragma once
// The exchange's interface for its clients. All calls are made on the client's reactor thread.
// Results arrive as calls of broker::Client, possibly from inside the call.
#include "broker/consumption.hpp"
#include "broker/publication.hpp"
#include "broker/publication_run.hpp"
#include "broker/subscription_spec.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace telex::broker {

class Port {
public:
    virtual ~Port() = default;

    // The caller has validated the subject.
    virtual void publish(const Publication& publication) = 0;

    // Publishes messages from the front of a run, as publish() would one by one, as many as go the
    // same way without any exception. Returns how many; 0: the next one goes by publish().
    [[nodiscard]] virtual std::size_t publish_run(const PublicationRun& /*run*/) { return 0; }

    // publish() with options. The caller has validated their subjects. With `durable` it ends in
    // exactly one Client::on_stored with this id, unless the client leaves first.
    virtual void publish_with(const Publication& publication, const PublishOptions& options) = 0;

    // Whether notice() is worth its instructions.
    virtual bool wants_notice() const { return false; }

    // A hint: messages to these subjects will be published next. They may be invalid.
    virtual void notice(std::span<const std::string_view> /*subjects*/) {}

    // Ends in exactly one Client::on_reply or on_request_failed with this id, unless the client
    // leaves first.
    virtual void request(
        const Publication& publication, std::uint64_t request_id, std::chrono::milliseconds timeout
    ) = 0;

    // The caller has validated the filter. Ends in Client::on_subscribed once the subscription is
    // active on every reactor, or in Client::refuse with its id.
    virtual void subscribe(SubscriptionSpec spec) = 0;

    // Makes the client a member of a consumer. Ends as subscribe() does. Members are subscriptions:
    // they share their ids and their count, unsubscribe(), add_credit() and end_subscriptions().
    // Deliveries arrive by Client::deliver_stored. If the consumer ends, Client::refuse tells why,
    // and Client::on_unsubscribed follows.
    virtual void consume(ConsumeSpec spec) = 0;

    // Outcomes of deliveries to a member. Those of records that are not in flight are ignored, as
    // are those of other subscriptions.
    virtual void acknowledge(const Acknowledgement& acknowledgement) = 0;

    virtual bool has_subscription(std::uint64_t id) const = 0;
    virtual std::size_t subscription_count() const = 0;
    // Returns the id of a subscription of this client, without a queue group, that gets messages to
    // this subject; 0 if there is none, or if very many subscriptions of all clients do.
    virtual std::uint64_t subscription_for(std::string_view subject) = 0;
    // The patterns of wildcards of all subscriptions, with this filter (match::WildcardPatterns).
    virtual std::size_t patterns_with(std::string_view filter) const = 0;

    // Ends in Client::on_unsubscribed. The subscription must exist.
    virtual void unsubscribe(std::uint64_t id) = 0;

    // Ends the subscription when this many messages have been delivered since it began, at once if
    // they already were. Replaces SubscriptionSpec::max_messages. 0: no limit.
    virtual void set_max_messages(std::uint64_t id, std::uint64_t messages) = 0;

    // Ends all subscriptions, without Client::on_unsubscribed: no message is routed to the client
    // from now on. Messages that wait for its credit go to other members of their queue groups, or
    // are dropped. The client does not subscribe again. May be called from inside a call of the
    // client.
    virtual void end_subscriptions() = 0;

    // Adds to the credit of a subscription that is limited by credit.
    virtual void add_credit(std::uint64_t id, std::uint64_t messages) = 0;

    // Replaces the credit that is left; the subscription is limited by credit from now on.
    virtual void set_credit(std::uint64_t id, std::uint64_t messages) = 0;

    // Ends in Client::on_flushed once everything published before is in the queues of its
    // subscribers on all reactors, and every subscription made before is active there:
    // Client::on_subscribed precedes it.
    virtual void flush(std::uint64_t id) = 0;

    virtual std::size_t pending_requests() const = 0;

    // Whether streams may store messages: PublishOptions::durable is of use. Does not change.
    virtual bool has_streams() const { return false; }
};

}  // namespace telex::broker
