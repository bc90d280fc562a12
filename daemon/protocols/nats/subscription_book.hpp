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
    // Each returns false if the arguments are not those of the command.
    [[nodiscard]] bool subscribe(
        NatsOutput& output, std::span<const std::string_view> arguments, bool echo
    );
    [[nodiscard]] bool unsubscribe(NatsOutput& output, std::span<const std::string_view> arguments);

    void on_unsubscribed(std::uint64_t id) { names_.remove(id); }

    // The broker refused or ended a subscription.
    void on_refused(NatsOutput& output, const Refusal& refusal);

    const SidNames& names() const { return names_; }

    // Beside the subscriptions, which are the broker's.
    std::size_t memory() const { return names_.memory(); }

private:
    struct Request {
        std::string_view filter;
        std::string_view queue;
        std::string_view sid;
        bool refused = false;  // by the broker
    };

    [[nodiscard]] static std::optional<Problem> check(
        const NatsOutput& output, const Request& request
    );
    static void refuse(NatsOutput& output, const Request& request, v1::ErrorCode code);

    SidNames names_;
    // While the broker is asked to begin it.
    Request* beginning_ = nullptr;
};

}  // namespace telex::session::nats
