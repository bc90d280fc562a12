#pragma once
// The subscriptions of a native client, and its members of consumers: each Subscribe, Consume and
// Unsubscribe gets one reply. The subscriptions themselves are the broker's.
//
// Owner: the session. Thread: the connection's reactor.
#include "protocols/native/frame_output.hpp"
#include "protocols/native/id_set.hpp"
#include "session/message_rules.hpp"
#include "session/options.hpp"
#include "session/session.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace telex::session::native {

class SubscriptionBook {
public:
    explicit SubscriptionBook(FrameOutput& output) : output_(output) {}

    void receive(const v1::Subscribe& subscribe, bool no_echo);
    void receive(const v1::Consume& consume);
    // Has no reply.
    void receive(const v1::Acknowledge& acknowledge);
    void receive(const v1::Unsubscribe& unsubscribe);
    void receive(const v1::Credit& credit);
    void on_subscribed(std::uint64_t id);
    void on_unsubscribed(std::uint64_t id, std::uint64_t delivered, std::uint64_t dropped);

    // The broker refused a subscription.
    void on_refused(std::uint64_t id) { starting_.erase(id); }

    // Returns true if every Subscribe, Consume and Unsubscribe was replied to.
    bool is_settled() const { return starting_.empty() && ending_.empty(); }

    // Releases what is not used.
    void shrink() {
        starting_.shrink();
        ending_.shrink();
    }

private:
    // Of a new subscription of either kind.
    [[nodiscard]] std::optional<Problem> check_id(std::uint64_t id) const;
    [[nodiscard]] std::optional<Problem> check(const v1::Subscribe& subscribe) const;
    // Reports an error unless the subscription exists and the client has not ended it.
    bool is_live(std::uint64_t id);
    void write_subscribed(std::uint64_t id);

    FrameOutput& output_;
    IdSet starting_;  // without Subscribed
    IdSet ending_;    // ended by the client, without Unsubscribed
};

}  // namespace telex::session::native
