#pragma once
// A subscription in the routing table of its connection's reactor. Both records belong to the
// connection and stay at their address while they are registered; the table keeps pointers and its
// own notes in them, so that an end costs no search.
#include "match/trie_core.hpp"

#include <cstdint>
#include <memory>

namespace telex::router {

struct GroupMember;
class ConnectionLoad;

// One per connection.
struct Subscriber {
    void* owner = nullptr;  // the connection; the router never looks
    // Unique over all reactors in this run of the daemon, not zero.
    std::uint64_t connection_key = 0;
    // From its first subscription with a queue group on: what the groups go by.
    std::shared_ptr<ConnectionLoad> load;
};

// One per subscription.
struct Subscription {
    Subscriber* subscriber = nullptr;
    std::uint64_t id = 0;  // the client's

    // Notes of the routing table, meaningless while not registered.
    GroupMember* group_member = nullptr;  // null: it has no queue group
    std::uint32_t position = 0;           // among the plain ones of its filter
    match::FilterRef filter = 0;

    bool sees_reserved = false;
    // Does not see what its own connection publishes.
    bool no_echo = false;

    bool registered() const { return filter != 0; }
};

}  // namespace telex::router
