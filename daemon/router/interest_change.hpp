#pragma once
// Changes of interest that reactors announce to each other: for plain subscribers whether there are
// any, and of a crowd of them how many to within a factor of two; for queue groups every member, by
// the record that all reactors share. A change may
// be announced twice; the changes of one reactor must be applied in the order in which they were
// made.
#include "router/member_load.hpp"

#include <cstdint>
#include <string>

namespace telex::router {

struct InterestChange {
    std::string filter;
    bool sees_reserved = false;
    // Null for the plain subscribers.
    MemberLoadPtr member;
    // True if the member, or a plain subscriber, exists from now on; false if it is gone.
    bool there = false;
    // Which of the tables it is for; the table itself does not care.
    std::uint32_t account = 0;
    // Of a crowd of plain subscribers: about how many there are beyond the first one.
    std::uint32_t more = 0;

    friend bool operator==(const InterestChange&, const InterestChange&) = default;
};

}  // namespace telex::router
