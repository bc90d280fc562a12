#pragma once
// What reactors tell each other about their subscribers: of the plain ones only whether there are
// any, of queue groups every member, by the record that all reactors share. A change may be told
// twice; the changes of one reactor must be applied in the order in which they were made.
#include "router/member_load.hpp"

#include <cstdint>
#include <string>

namespace telex::router {

struct InterestChange {
    std::string filter;
    bool sees_reserved = false;
    // Null: the plain subscribers.
    MemberLoadPtr member;
    // The member is there from now on, or there are plain subscribers; else not any more.
    bool there = false;
    // Which of the tables it is for; the table itself does not care.
    std::uint32_t account = 0;

    friend bool operator==(const InterestChange&, const InterestChange&) = default;
};

}  // namespace telex::router
