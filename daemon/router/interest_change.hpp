#pragma once
// Changes of interest that reactors announce to each other. For plain subscribers: whether there
// are any, and of a crowd their number to within a factor of two. For queue groups: every member,
// as the record that all reactors share. A change may be announced twice. The changes of one
// reactor must be applied in the order in which they were made.
#include "router/member_load.hpp"

#include <cstdint>
#include <string>

namespace telex::router {

struct InterestChange {
    std::string filter;
    bool sees_reserved = false;
    // Null for the plain subscribers.
    MemberLoadPtr member;
    // Whether the member, or a plain subscriber, exists from now on.
    bool there = false;
    // Selects the routing table on the receiving reactor; not used by the table.
    std::uint32_t account = 0;
    // Of a crowd of plain subscribers: about how many there are beyond the first one.
    std::uint32_t more = 0;

    friend bool operator==(const InterestChange&, const InterestChange&) = default;
};

}  // namespace telex::router
