#pragma once
// Common base of stream connections and datagram peers: both are clients of the exchange and carry
// a session. The session sends by session::Transport and reaches the exchange by broker::Port; the
// exchange calls broker::Client.
//
// Owner: the connection table or the datagram socket. Thread: the reactor's.
#include "base/time.hpp"
#include "broker/client.hpp"
#include "broker/port.hpp"
#include "broker/reserved_subjects.hpp"
#include "exchange/client_port.hpp"
#include "exchange/shard.hpp"
#include "server/connection/authentication.hpp"
#include "server/connection/client_peer.hpp"
#include "server/listener/listener_settings.hpp"
#include "server/listener/listener_slot.hpp"
#include "session/session.hpp"
#include "session/transport.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace telex::server {

class ClientBase : public broker::Client, public session::Transport, public broker::Port {
public:
    ClientBase(
        exchange::Shard& shard, ListenerSettingsPtr settings, ListenerSlot slot, ClientPeer peer
    )
        : broker_(shard, *this),
          settings_(std::move(settings)),
          peer_(std::move(peer)),
          slot_(std::move(slot)) {}

    ~ClientBase() override = default;

    ClientBase(const ClientBase&) = delete;
    ClientBase& operator=(const ClientBase&) = delete;

    exchange::ClientRecord& record() { return broker_.record(); }

    bool is_at(const ListenerState& listener) const { return slot_.belongs_to(listener); }

    // After a reload: the listener has another name. Subjects that were made of the former one
    // stay.
    void rename_listener(std::shared_ptr<const std::string> name) {
        peer_.listener = std::move(name);
    }

    const std::string& listener_name() const { return *peer_.listener; }

    // Its address, for operators.
    std::string peer_text() const { return peer_.text(); }

    // --- broker::Client -------------------------------------------------------------------------
    [[nodiscard]] broker::SendResult deliver(const broker::Delivery& delivery) override {
        return session_->deliver(delivery);
    }

    [[nodiscard]] broker::SendResult deliver_stored(const broker::StoredDelivery& delivery
    ) override {
        return session_->deliver_stored(delivery);
    }

    [[nodiscard]] std::size_t deliver_run(const broker::RunDelivery& delivery) override {
        return session_->deliver_run(delivery);
    }

    [[nodiscard]] broker::SendResult on_reply(
        std::uint64_t request_id, const broker::Delivery& reply
    ) override {
        return session_->on_reply(request_id, reply);
    }

    void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) override {
        session_->on_request_failed(request_id, code);
    }

    void on_subscribed(std::uint64_t subscription) override {
        session_->on_subscribed(subscription);
    }

    void on_unsubscribed(std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped)
        override {
        session_->on_unsubscribed(subscription, delivered, dropped);
    }

    void on_flushed(std::uint64_t id) override { session_->on_flushed(id); }

    void on_published(std::uint64_t confirmation, std::uint64_t receivers) override {
        session_->on_published(confirmation, receivers);
    }

    void on_stored(std::uint64_t id, const broker::StoredOutcome& outcome) override {
        session_->on_stored(id, outcome);
    }

    void refuse(const broker::Refusal& refusal) override { session_->refuse(refusal); }

    bool may_receive(std::string_view subject) const override {
        return user() == nullptr ? owns_daemon() || !broker::selects_events(subject)
                                 : user()->subscribe.allows(subject);
    }

    ReadPermission read_permission() const override {
        return user() == nullptr ? ReadPermission() : access::reader_of(user()->subscribe);
    }

    bool has_permissions() const override { return user() != nullptr; }

    std::string_view user_name() const override {
        return user() == nullptr ? std::string_view() : user()->name;
    }

    bool is_owner() const override { return owns_daemon(); }

    // --- broker::Port ---------------------------------------------------------------------------
    void publish(const broker::Publication& publication) override { broker_.publish(publication); }

    void publish_with(const broker::Publication& publication, const broker::PublishOptions& options)
        override {
        broker_.publish_with(publication, options);
    }

    void request(
        const broker::Publication& publication,
        std::uint64_t request_id,
        std::chrono::milliseconds timeout
    ) override {
        broker_.request(publication, request_id, timeout);
    }

    void subscribe(broker::SubscriptionSpec spec) override;
    void consume(broker::ConsumeSpec spec) override;

    void acknowledge(const broker::Acknowledgement& acknowledgement) override {
        broker_.acknowledge(acknowledgement);
    }

    bool has_subscription(std::uint64_t id) const override { return broker_.has_subscription(id); }

    std::size_t subscription_count() const override { return broker_.subscription_count(); }

    std::uint64_t subscription_for(std::string_view subject) override {
        return broker_.subscription_for(subject);
    }

    std::size_t patterns_with(std::string_view filter) const override {
        return broker_.patterns_with(filter);
    }

    void unsubscribe(std::uint64_t id) override { broker_.unsubscribe(id); }

    void end_subscriptions() override { broker_.end_subscriptions(); }

    void add_credit(std::uint64_t id, std::uint64_t messages) override {
        broker_.add_credit(id, messages);
    }

    void set_max_messages(std::uint64_t id, std::uint64_t messages) override {
        broker_.set_max_messages(id, messages);
    }

    void set_credit(std::uint64_t id, std::uint64_t messages) override {
        broker_.set_credit(id, messages);
    }

    void flush(std::uint64_t id) override { broker_.flush(id); }

    std::size_t pending_requests() const override { return broker_.pending_requests(); }

    bool has_streams() const override { return broker_.has_streams(); }

    // --- session::Transport ---------------------------------------------------------------------
    session::PeerFacts peer() const override { return peer_.facts(); }

    const access::User* user() const final { return authentication_.user(); }

    void authenticate(access::Credentials credentials) override;

    std::string make_challenge() override { return authentication_.make_challenge(); }

    TimePoint now() const final { return shard().reactor().now(); }

    void count_refusal(v1::ErrorCode code) override {
        shard().counters().refuse(code);
        shard().reactor().work().add(reactor::work::kRefusal);
    }

    void count_unparsed() override { ++shard().counters().unparsed_messages; }

    void count_unsent(const session::SendFault& fault, std::uint64_t count) override {
        broker_.count_unsent(fault, count);
    }

    void count_lost_replies(const session::SendFault& fault, std::uint64_t count) override {
        broker_.uncount_replies(fault, count);
    }

    void add_work(std::uint64_t units) final { shard().reactor().work().add(units); }

protected:
    // Identifies the peer without its credentials: known, too_many, or refused if it matches no
    // user.
    [[nodiscard]] access::AuthResult identify(const access::PeerIdentity& peer, bool owner);
    enum class Reauthorized : std::uint8_t {
        refused,  // the user may no longer be connected
        unchanged,
        changed,  // its subscriptions have to be reviewed
    };

    // After a reload: finds the user in the new list.
    [[nodiscard]] Reauthorized reauthorize_user();
    // Ends the subscriptions after the id `after` that the user may no longer have, until the slice
    // is over, but at least one. Moves `after`; returns true when all were reviewed.
    [[nodiscard]] bool review_subscriptions(std::uint64_t& after);

    // By what credentials arrive, but for the source of the attempt.
    virtual Authentication::Channel channel() const = 0;

    // The attempt has to wait: calls authenticate() again at `turn`. Only streams authenticate.
    virtual void wait_for_turn(TimePoint /*turn*/, access::Credentials /*credentials*/) {}

    // The session's peer is authenticated.
    virtual void after_authentication() {}

    // Makes the session. Call once the object is whole.
    void open_session(bool datagram);

    exchange::Shard& shard() const { return broker_.shard(); }

    exchange::ClientPort broker_;
    const ListenerSettingsPtr settings_;
    ClientPeer peer_;
    ListenerSlot slot_;
    Authentication authentication_;
    std::unique_ptr<session::Session> session_;

private:
    // To subscribe, to publish.
    using Rights = std::pair<access::Permissions, access::Permissions>;

    // Empty without members of consumers.
    Rights rights_of_members() const;

    Authentication::Entry entry() { return {slot_, listener_name(), settings_->options().user}; }

    void finish_password(bool fits);
    void finish_authentication(access::AuthResult result);
    void review(std::uint64_t id, exchange::ActiveSubscription& subscription);
    // Refuses a subscription.
    // Charges a subscription to the user, or refuses it. Returns nothing if it was refused.
    [[nodiscard]] std::unique_ptr<const access::Charge> charge_subscription(
        const access::User& user, std::uint64_t id
    );
    void refuse_subscription(std::uint64_t id, v1::ErrorCode code, std::string text);
    // Whether its subscriptions may select the policy `block`.
    bool may_block() const;
    void enter_account();
};

}  // namespace telex::server
