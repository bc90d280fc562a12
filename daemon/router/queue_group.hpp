#pragma once
// Queue groups: their names, and the members of one group on one filter.
//
// For one message, a group is identified by its name: members on "a.*" and on "a.>" are one group
// for "a.b". Names are therefore interned, and each has scratch fields with which a route gathers
// the members of several filters.
#include "match/keyed_hash.hpp"
#include "match/trie_core.hpp"
#include "router/member_load.hpp"
#include "router/subscription.hpp"

#include <atomic>
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
    // Used by the route builder: the last route with this group, and the index of the group in it.
    std::uint64_t route = 0;
    std::size_t candidate = 0;
};

// The names in use. Owner: a routing table. One thread. Addresses are stable.
class GroupNames {
public:
    explicit GroupNames(std::uint64_t seed);

    GroupName& use(std::string_view name);
    void drop(GroupName& name);
    // Returns null if the name is unused.
    GroupName* find(std::string_view name);

    std::size_t size() const { return names_.size(); }

    // Of the names, taken from the allocator, without the buckets.
    std::size_t memory_bytes() const { return memory_; }

private:
    using Names = std::unordered_map<std::string, GroupName, match::KeyedHash, std::equal_to<>>;

    static std::size_t memory_of(std::string_view name);

    // Peers choose the names: the hash is keyed.
    Names names_;
    std::size_t memory_ = 0;
};

struct GroupInterest;

// A member as one reactor knows it.
struct GroupMember {
    MemberLoadPtr load;
    Subscription* local = nullptr;  // null: on another reactor
    match::FilterRef filter = 0;
    GroupInterest* group = nullptr;
    std::uint32_t position = 0;  // in the group's members

    ReactorIndex reactor() const { return load->facts().reactor; }
};

// One group on one filter, as one reactor knows it: the members of all reactors.
//
// The first `open_members` of them may accept messages. A member that does not is closed; it is
// reopened when its owner notifies this reactor (MemberLoad::watch). So two open members are drawn
// at the same cost however many are closed, and a group without open members costs nothing.
struct GroupInterest {
    GroupName* name = nullptr;
    std::vector<GroupMember*> members;
    std::size_t open_members = 0;
    // The member at which messages of this reactor wait while none accepts them, and their number.
    GroupMember* place = nullptr;
    WaitingLine line;
    // Used by the route builder: the next filter of the group in the route.
    GroupInterest* next = nullptr;

    bool empty() const { return members.empty(); }

    bool is_open(const GroupMember& member) const { return member.position < open_members; }

    // Returns true if messages wait, at a member that is not leaving: further ones go behind them.
    bool has_line() const {
        return place != nullptr && line->load(std::memory_order_acquire) != 0 &&
               !place->load->connection().is_leaving();
    }

    // From now on messages wait at this member.
    const WaitingLine& line_at(GroupMember& member);

    void add(GroupMember& member);
    void remove(GroupMember& member);
    void open(GroupMember& member);
    void close(GroupMember& member);

private:
    void put(std::size_t position, GroupMember& member);
    void swap(std::size_t left, std::size_t right);
};

}  // namespace telex::router
