#pragma once
// A subscription in the routing table of its connection's reactor. Both records belong to the
// connection and stay at their address while they are registered: the table stores pointers to them
// and positions in them, so that removal needs no search.
#include "match/filter_shape.hpp"

#include <cstdint>
#include <memory>

namespace telex::router {

struct GroupMember;
class ConnectionLoad;

// One per connection, the base of its owner's record.
struct Subscriber {
    // Unique over all reactors in this run of the daemon, not zero.
    std::uint64_t connection_key = 0;
    // Set at its first subscription with a queue group: its load, by which groups choose.
    std::shared_ptr<ConnectionLoad> load;
};

// One per subscription.
struct Subscription {
    Subscriber* subscriber = nullptr;
    std::uint64_t id = 0;  // chosen by the client

    // Used by the routing table while registered.
    GroupMember* group_member = nullptr;  // null: it has no queue group
    std::uint32_t position = 0;           // among the plain subscriptions of its filter
    match::FilterRef filter = 0;

    bool sees_reserved = false;
    // Does not receive what its own connection publishes.
    bool no_echo = false;
    // Receives nothing more, and will be removed from the table.
    bool retired = false;

    bool registered() const { return filter != 0; }
};

}  // namespace telex::router
