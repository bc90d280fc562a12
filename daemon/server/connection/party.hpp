#pragma once
// What a stream connection and a datagram peer have in common: both are clients of the exchange and
// carry a session. The session sends by session::Transport and reaches the exchange by
// broker::Port; the exchange calls broker::Client.
#include "broker/client.hpp"
#include "broker/port.hpp"
#include "exchange/client_port.hpp"
#include "exchange/shard.hpp"
#include "net/peer.hpp"
#include "server/listener/listener_state.hpp"
#include "session/session.hpp"
#include "session/transport.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace telex::server {

class Party : public broker::Client, public session::Transport, public broker::Port {
public:
    Party(exchange::Shard& shard, ListenerState& listener, session::PeerFacts peer)
        : shard_(shard),
          listener_(listener),
          settings_(listener.settings()),
          peer_(std::move(peer)),
          network_(net::network_of(peer_.host)) {
        listener_.attach();
    }

    ~Party() override { listener_.detach(); }

    Party(const Party&) = delete;
    Party& operator=(const Party&) = delete;

    exchange::ClientRecord& record() { return broker_.record(); }

    bool is_at(const ListenerState& listener) const { return &listener == &listener_; }

    // After a reload: the listener has another name. Subjects that were made of the former one
    // stay.
    void rename_listener(const std::string& name) { peer_.listener = name; }

    // broker::Client
    [[nodiscard]] broker::SendResult deliver(const broker::Delivery& delivery) override {
        return session_->deliver(delivery);
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

    void refuse(const broker::Refusal& refusal) override { session_->refuse(refusal); }

    bool may_receive(std::string_view subject) const override {
        return user_ == nullptr || user_->subscribe.allows(subject);
    }

    bool has_permissions() const override { return user_ != nullptr; }

    std::string_view user_name() const override {
        return user_ == nullptr ? std::string_view() : user_->name;
    }

    bool is_owner() const override { return owns_daemon(); }

    // broker::Port
    void publish(const session::Publication& publication) override;
    void publish_with(const broker::Publication& publication, const broker::PublishOptions& options)
        override;
    void request(
        const session::Publication& publication,
        std::uint64_t request_id,
        std::chrono::milliseconds timeout
    ) override;
    void subscribe(session::SubscriptionSpec spec) override;

    bool has_subscription(std::uint64_t id) const override { return broker_.has_subscription(id); }

    std::size_t subscription_count() const override { return broker_.subscription_count(); }

    void unsubscribe(std::uint64_t id) override;
    void add_credit(std::uint64_t id, std::uint64_t messages) override;
    void set_max_messages(std::uint64_t id, std::uint64_t messages) override;
    void set_credit(std::uint64_t id, std::uint64_t messages) override;
    void flush(std::uint64_t id) override;

    std::size_t pending_requests() const override { return broker_.pending_requests(); }

    // session::Transport
    const session::PeerFacts& peer() const override { return peer_; }

    const access::User* user() const override { return user_; }

    void authenticate(const access::Credentials& credentials) override;
    std::string make_challenge() override;

    session::TimePoint now() const override { return shard_.reactor().now(); }

    void count_refusal(v1::ErrorCode code) override { shard_.counters().refuse(code); }

    void count_unsent(const session::SendFault& fault, std::uint64_t count) override {
        broker_.count_unsent(fault, count);
    }

protected:
    // Finds out who the peer is without asking it: known, too_many or, as refused, nobody.
    access::Verdict identify(const access::Evidence& evidence);
    // After a reload: what the user may not have any more is taken away. False: it is no user any
    // more.
    bool review_user();

    void give_back_place_of_user() { place_ = access::Charge(); }

    // Others cannot read what the peer says.
    virtual bool secrets_are_safe() const = 0;

    virtual std::string channel_binding() const { return {}; }

    // The session has heard who its peer is.
    virtual void after_authentication() {}

    // Makes the session; to be called once the object is whole.
    void open_session(bool datagram);

    exchange::Shard& shard_;
    exchange::ClientPort broker_{shard_, *this};
    ListenerState& listener_;
    const ListenerSettingsPtr settings_;
    session::PeerFacts peer_;
    const std::string network_;  // that the peer comes from; empty for none
    access::UsersPtr users_;     // keeps the user alive
    const access::User* user_ = nullptr;
    std::unique_ptr<session::Session> session_;

private:
    void check_password(const access::Users& users, const access::Credentials& credentials);
    bool has_signed(const access::Credentials& credentials);
    // The end of an attempt, by what the credentials stand for.
    void conclude(std::string_view name, access::Mark mark);
    void conclude(access::Verdict verdict);
    access::Verdict become(access::UsersPtr users, const access::User& user, access::Mark mark);
    void review_subscriptions();

    access::Mark mark_;  // what the user was recognised by
    access::Charge place_;
    std::string challenge_;
    // Whose password is being checked; no name: nobody's, and only for the time that it takes.
    std::string checked_name_;
    access::Mark checked_mark_;
};

}  // namespace telex::server
