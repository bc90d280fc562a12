#pragma once
// What a stream connection and a datagram peer have in common: both are members of the exchange and
// hosts of a session. Here the session's wishes meet the shard.
#include "exchange/member.hpp"
#include "exchange/shard.hpp"
#include "server/listener_state.hpp"
#include "session/host.hpp"
#include "session/session.hpp"

#include <memory>
#include <string_view>

namespace telex::server {

class Party : public exchange::Member, public session::Host {
public:
    Party(exchange::Shard& shard, ListenerState& listener, session::PeerFacts peer)
        : shard_(shard), listener_(listener), peer_(std::move(peer)) {}

    // Member
    session::Session& session() override { return *session_; }

    bool may_receive(std::string_view subject) const override {
        return user_ == nullptr || user_->subscribe.allows(subject);
    }

    // Host: the exchange
    void publish(const session::Publication& publication) override;
    void request(
        const session::Publication& publication,
        std::uint64_t request_id,
        std::chrono::milliseconds timeout
    ) override;
    void subscribe(session::SubscriptionSpec spec) override;
    bool has_subscription(std::uint64_t id) const override;

    std::size_t subscription_count() const override { return Member::subscription_count(); }

    void unsubscribe(std::uint64_t id) override;
    void add_credit(std::uint64_t id, std::uint64_t messages) override;
    void flush(std::uint64_t id) override;

    std::size_t pending_requests() const override { return open_requests(); }

    // Host: the rest
    const session::PeerFacts& peer() const override { return peer_; }

    const access::User* user() const override { return user_; }

    session::TimePoint now() const override { return shard_.reactor().now(); }

    void count_refusal(v1::ErrorCode code) override { shard_.counters().refuse(code); }

protected:
    // Finds out who the peer is. False: nobody, and this listener takes users only.
    bool identify(const access::Evidence& evidence);
    // Makes the session; to be called once the object is whole.
    void open_session(bool datagram);

    exchange::Shard& shard_;
    ListenerState& listener_;
    session::PeerFacts peer_;
    access::UsersPtr users_;  // keeps the user alive
    const access::User* user_ = nullptr;
    std::unique_ptr<session::Session> session_;
};

}  // namespace telex::server
