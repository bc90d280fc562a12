#pragma once
// The names of the policies for slow consumers, in the configuration and on the command line.
#include "telex/v1/telex.pb.h"

#include <array>
#include <string_view>

namespace telex::wire {

struct NamedSlowPolicy {
    std::string_view name;
    v1::SlowPolicy value;
};

inline constexpr std::array<NamedSlowPolicy, 4> kSlowPolicies{{
    {"block", v1::SLOW_POLICY_BLOCK},
    {"drop-oldest", v1::SLOW_POLICY_DROP_OLDEST},
    {"drop-newest", v1::SLOW_POLICY_DROP_NEWEST},
    {"disconnect", v1::SLOW_POLICY_DISCONNECT},
}};

}  // namespace telex::wire
