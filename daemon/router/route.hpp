#pragma once
// Where one message goes.
#include "router/reactor_set.hpp"
#include "router/subscription.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace telex::router {

struct GroupTarget {
    std::string_view group;
    Subscription* member;
};

// The message goes to another reactor: to its plain subscribers, to one member of each group
// listed, or both.
struct Handover {
    ReactorIndex reactor = 0;
    bool plain = false;
    std::span<const std::string_view> groups;
};

// What a reactor is told together with a message that is handed over to it.
struct HandedOver {
    bool plain = false;
    std::span<const std::string_view> groups;
    // Reactors that had no member of these groups when the message came to them.
    ReactorSet tried;
};

// Views into the table that made it: valid until the lease on it ends.
struct Route {
    std::span<Subscription* const> plain;  // all on this reactor
    std::span<const GroupTarget> groups;   // members on this reactor
    std::span<const Handover> handovers;   // at most one per reactor
    // Of a message that was handed over: groups that have nobody left anywhere. To be counted as
    // dropped.
    std::span<const std::string_view> lost;
    // To be passed on with the handovers.
    ReactorSet tried;
    // Trie nodes visited, 0 when the cache knew: what the publisher made us do.
    std::size_t visited = 0;

    // Nobody gets the message: for a request, "no responders".
    bool nobody() const { return plain.empty() && groups.empty() && handovers.empty(); }
};

}  // namespace telex::router
