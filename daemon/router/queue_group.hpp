#pragma once
// Queue groups: their names, and the members of one group on one filter.
//
// Within one message a group is its name alone: members on "a.*" and on "a.>" are one group for
// "a.b". Names are therefore interned, and a name carries the scratch mark with which a route
// gathers its members from several filters.
#include "match/keyed_hash.hpp"
#include "router/reactor_set.hpp"
#include "router/subscription.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace telex::router {

struct GroupName {
    std::string_view text;  // the table's key
    std::size_t users = 0;  // GroupInterests of this name
    // Of the route builder: in which route the group was last met, and where it stands there.
    std::uint64_t route = 0;
    std::size_t candidate = 0;
};

// The names in use. Owner: a routing table. One thread. Addresses are stable.
class GroupNames {
public:
    explicit GroupNames(std::uint64_t seed);

    GroupName& use(std::string_view name);
    void drop(GroupName& name);
    // Null when nobody uses the name.
    GroupName* find(std::string_view name);

    std::size_t size() const { return names_.size(); }

private:
    // Peers choose the names: the hash is keyed.
    std::unordered_map<std::string, GroupName, match::KeyedHash, std::equal_to<>> names_;
};

struct RemoteMembers {
    ReactorIndex reactor = 0;
    std::uint32_t members = 0;
};

// One group on one filter, as one reactor knows it.
struct GroupInterest {
    GroupName* name = nullptr;
    std::vector<Subscription*> members;  // on this reactor
    std::vector<RemoteMembers> remote;   // never with zero members
    // Of the route builder: the next filter of the group in the route.
    GroupInterest* next = nullptr;

    bool empty() const { return members.empty() && remote.empty(); }

    void set_remote(ReactorIndex reactor, std::uint32_t count);
};

}  // namespace telex::router
