#pragma once
// The part of an active subscription that its client may access. Owned by the exchange.
#include "router/subscription.hpp"
#include "telex/v1/telex.pb.h"

#include <cstdint>

namespace telex::broker {

struct Subscription : router::Subscription {
    bool ended = false;  // takes no more messages; about to be removed
    v1::SlowPolicy slow_policy = v1::SLOW_POLICY_UNSPECIFIED;
    // By which a drop from the client's queue is counted. Never used again, unlike the id, which
    // the client may use again while deliveries of its former subscription are still queued.
    std::uint64_t key = 0;
    // routed = delivered + dropped + the messages that wait for credit.
    std::uint64_t routed = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
    // SubscriptionSpec::hides_some; the client may change it when its permissions change.
    bool hides_some = false;
};

}  // namespace telex::broker
