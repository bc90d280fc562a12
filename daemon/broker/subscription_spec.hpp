#pragma once
// A subscription as a client asks for it.
#include "telex/v1/telex.pb.h"

#include <cstdint>
#include <string>

namespace telex::broker {

struct SubscriptionSpec {
    std::uint64_t id = 0;  // not 0; unique within the client
    std::string filter;
    std::string queue_group;
    v1::SlowPolicy slow_policy = v1::SLOW_POLICY_UNSPECIFIED;
    std::uint64_t credit = 0;        // 0: no limit
    std::uint64_t max_messages = 0;  // 0: no limit
    // A leading wildcard also matches subjects that begin with '$', as NATS clients expect.
    bool sees_reserved = false;
    // Excludes messages that the client publishes itself.
    bool no_echo = false;
    // The filter covers subjects that the user may not receive: Client::may_receive is asked for
    // each message.
    bool hides_some = false;
};

}  // namespace telex::broker
