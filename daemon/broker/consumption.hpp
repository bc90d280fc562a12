#pragma once
// A client as a member of a consumer of a stream: how it joins, and the outcomes of its deliveries.
#include "telex/v1/telex.pb.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace telex::broker {

struct ConsumeSpec {
    std::uint64_t id = 0;  // as SubscriptionSpec::id
    std::string stream;
    std::string consumer;      // empty: of this client alone
    std::string create;        // an encoded v1::ConsumerConfig
    bool creates = false;      // otherwise the consumer must exist
    std::uint64_t credit = 0;  // not 0
    // Rights of the client on a filter or subject. Called on any thread, after the call, too.
    std::function<bool(std::string_view filter)> may_subscribe;
    std::function<bool(std::string_view subject)> may_publish;
};

// The outcome of records that were delivered to a subscription: of all from `first` to `last`.
struct Acknowledgement {
    std::uint64_t subscription = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    v1::Acknowledge::Outcome outcome = v1::Acknowledge::ACK;
    std::chrono::milliseconds delay{};  // of NAK; 0: the back-off of the consumer
};

}  // namespace telex::broker
