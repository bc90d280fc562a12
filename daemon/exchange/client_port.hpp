#pragma once
// A client's access to the exchange: broker::Port on one shard, and the calls for clients with a
// socket and a send queue.
//
// Owned by the client, which calls leave() before it is destroyed. Thread: the shard's.
#include "access/usage.hpp"
#include "broker/port.hpp"
#include "exchange/client_record.hpp"
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace telex::exchange {

class ClientPort final : public broker::Port {
public:
    ClientPort(Shard& shard, Client& client) : shard_(shard), record_(client) {}

    void join() { shard_.join(record_); }

    // Ends its subscriptions and requests. Messages that waited for credit are dropped for
    // `reason`.
    void leave(DropReason reason) { shard_.leave(record_, reason); }

    // --- broker::Port -------------------------------------------------------------------------
    void publish(const broker::Publication& publication) override {
        shard_.publish(record_, publication);
    }

    [[nodiscard]] std::size_t publish_run(const broker::PublicationRun& run) override {
        return shard_.publish_run(record_, run);
    }

    void publish_with(const broker::Publication& publication, const broker::PublishOptions& options)
        override {
        shard_.publish_with(record_, publication, options);
    }

    bool wants_notice() const override { return table().is_large(); }

    void notice(std::span<const std::string_view> subjects) override { table().prefetch(subjects); }

    void request(
        const broker::Publication& publication,
        std::uint64_t request_id,
        std::chrono::milliseconds timeout
    ) override {
        shard_.request(record_, publication, request_id, timeout);
    }

    void subscribe(broker::SubscriptionSpec spec) override {
        shard_.subscriptions().subscribe(record_, spec, nullptr);
    }

    void consume(broker::ConsumeSpec spec) override { consume(std::move(spec), nullptr); }

    void acknowledge(const broker::Acknowledgement& acknowledgement) override {
        shard_.stream_members().acknowledge(record_, acknowledgement);
    }

    bool has_subscription(std::uint64_t id) const override {
        return record_.subscriptions().contains(id) || record_.find_member(id) != nullptr;
    }

    std::size_t subscription_count() const override {
        return record_.subscriptions().size() + record_.member_count();
    }

    std::uint64_t subscription_for(std::string_view subject) override {
        return shard_.subscription_for(record_, subject);
    }

    std::size_t patterns_with(std::string_view filter) const override {
        return record_.patterns().size_with(filter);
    }

    void unsubscribe(std::uint64_t id) override {
        if (!shard_.stream_members().unsubscribe(record_, id)) {
            shard_.subscriptions().unsubscribe(record_, id);
        }
    }

    void end_subscriptions() override { end_subscriptions(DropReason::connection_lost); }

    void add_credit(std::uint64_t id, std::uint64_t messages) override {
        if (!shard_.stream_members().add_credit(record_, id, messages)) {
            shard_.subscriptions().add_credit(record_, id, messages);
        }
    }

    void set_max_messages(std::uint64_t id, std::uint64_t messages) override {
        shard_.subscriptions().set_max_messages(record_, id, messages);
    }

    void set_credit(std::uint64_t id, std::uint64_t messages) override {
        shard_.subscriptions().set_credit(record_, id, messages);
    }

    void flush(std::uint64_t id) override { shard_.flush(record_, id); }

    bool has_streams() const override { return shard_.exchange().stream_storage() != nullptr; }

    std::size_t pending_requests() const override { return record_.open_requests(); }

    // --- beyond it ------------------------------------------------------------------------------
    // A subscription that is charged to a user.
    void subscribe(
        const broker::SubscriptionSpec& spec, std::unique_ptr<const access::Charge> charge
    ) {
        shard_.subscriptions().subscribe(record_, spec, std::move(charge));
    }

    // A member that is charged to a user.
    void consume(broker::ConsumeSpec spec, std::unique_ptr<const access::Charge> charge) {
        shard_.stream_members().consume(record_, std::move(spec), std::move(charge));
    }

    // Its rights have changed: its members of consumers end.
    void refuse_members(v1::ErrorCode code, const std::string& text) {
        shard_.stream_members().refuse_all(record_, code, text);
    }

    Shard& shard() const { return shard_; }

    ClientId id() const { return record_.id(); }

    ClientRecord& record() { return record_; }

    const ClientRecord& record() const { return record_; }

    std::string filter_of(const ActiveSubscription& subscription) const {
        return shard_.filter_of(subscription);
    }

    // Its queue is full: queue groups pass over it until note_queue() reports room.
    void lose_room() {
        if (record_.load() != nullptr) {
            record_.load()->lose_room();
        }
    }

    // Messages that waited for credit are dropped for `reason`.
    // It no longer replies to requests.
    void end_subscriptions(DropReason reason) {
        shard_.requests().abandon(record_);
        shard_.stream_members().end_all(record_);
        shard_.subscriptions().end_all_later(record_, reason);
    }

    // Reports the bytes in its queue, and whether it takes more. Not while a message is routed.
    void note_queue(std::size_t bytes, bool has_room) {
        shard_.groups().note_queue(record_, bytes, has_room);
        if (has_room) {
            shard_.stream_members().note_room(record_);
        }
    }

    // A message that the client took was dropped from its queue. `key`: of its subscription.
    void uncount_delivery(std::uint64_t key, DropReason reason) {
        const ActiveSubscription* const subscription = shard_.subscriptions().find_by_key(key);
        shard_.ledger().uncount_delivery(
            record_, subscription == nullptr ? 0 : subscription->id, reason
        );
        shard_.subscriptions().uncount_delivery(key);
    }

    // Drops the message that has waited longest for the subscription's credit. Returns false if
    // none waits.
    bool drop_held(std::uint64_t subscription, DropReason reason) {
        ActiveSubscription* const found = record_.find_subscription(subscription);
        if (found == nullptr || found->held.empty()) {
            return false;
        }
        shard_.credit().drop_oldest(*found, reason);
        return true;
    }

    // Messages that the client has taken and not passed on.
    QueuedCount queued() { return shard_.ledger().queued(record_); }

    // Replies that the client took were dropped after all.
    void uncount_replies(const broker::SendFault& fault, std::uint64_t count) {
        shard_.ledger().uncount_replies(record_, fault, count);
    }

    // Counts unsent frames that are neither deliveries nor replies.
    void count_unsent(const broker::SendFault& fault, std::uint64_t count) {
        shard_.ledger().count_unsent(record_, fault, count);
    }

private:
    const router::RoutingTable& table() const { return shard_.router().table(record_.account()); }

    Shard& shard_;
    ClientRecord record_;
};

}  // namespace telex::exchange
