#pragma once
// Where one message goes.
#include "router/member_load.hpp"
#include "router/queue_group.hpp"
#include "router/reactor_set.hpp"
#include "router/subscription.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace telex::router {

// The chosen member of a group.
struct GroupTarget {
    GroupMember* member = nullptr;
    // Whether one of its credits was claimed for the message. If not, no member accepts the
    // message, and it waits at this member, in `line`.
    bool claimed = false;
    const WaitingLine* line = nullptr;
};

// The members that may receive a message of a group.
enum class GroupChoice : std::uint8_t {
    anybody,    // a member with credit and room, else the member at which it waits
    who_takes,  // a member with credit and room, or none
};

// Whether a message with very many targets may be routed in steps.
enum class Division : std::uint8_t { in_steps, never };

// The receivers on another reactor: its plain subscribers, these members of groups, or both.
struct ForwardTarget {
    ReactorIndex reactor = 0;
    bool plain = false;
    std::span<const GroupTarget> groups;
};

// Views into the table that made it. Valid until the end of the lease.
struct Route {
    std::span<Subscription* const> plain;     // all on this reactor
    std::span<const GroupTarget> groups;      // members on this reactor
    std::span<const ForwardTarget> forwards;  // at most one per reactor
    // Trie nodes visited; 0 after a cache hit.
    std::size_t visited = 0;
    // Subscriptions and members considered; 0 for a repeated route.
    std::size_t considered = 0;
    // Plain subscribers on other reactors beyond the first one of each, to within a factor of two.
    std::uint64_t elsewhere = 0;
    // There are very many targets: none is here, and RoutingTable::begin_steps is next.
    bool in_steps = false;

    // The message has no receiver: for a request, "no responders".
    bool nobody() const { return plain.empty() && groups.empty() && forwards.empty() && !in_steps; }
};

}  // namespace telex::router
