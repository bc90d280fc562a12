#pragma once
// The subscriptions of a NATS client: SUB and UNSUB. The subscriptions themselves are the broker's.
//
// Owner: the session. Thread: the connection's reactor.
#include "protocols/nats/command_line.hpp"
#include "protocols/nats/nats_output.hpp"
#include "protocols/nats/sid_names.hpp"
#include "session/message_rules.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace telex::session::nats {

class SubscriptionBook {
public:
    explicit SubscriptionBook(NatsOutput& output) : output_(output) {}

    // Each returns false if the arguments are not those of the command.
    [[nodiscard]] bool subscribe(std::span<const std::string_view> arguments, bool echo);
    [[nodiscard]] bool unsubscribe(std::span<const std::string_view> arguments);

    void on_unsubscribed(std::uint64_t id) { names_.remove(id); }

    // The broker refused or ended a subscription.
    void on_refused(const Refusal& refusal);

    const SidNames& names() const { return names_; }

    // Beside the subscriptions, which are the broker's.
    std::size_t memory() const { return names_.memory(); }

private:
    struct Request {
        std::string_view filter;
        std::string_view queue;
        std::string_view sid;
    };

    [[nodiscard]] std::optional<Problem> check(const Request& request) const;
    void refuse(const Request& request, v1::ErrorCode code);

    NatsOutput& output_;
    SidNames names_;
    // While the broker is asked to begin it.
    const Request* beginning_ = nullptr;
    bool refused_ = false;
};

}  // namespace telex::session::nats
