#pragma once
// What reactors tell each other about their subscribers: never who, only whether (plain) and how
// many (queue groups). Numbers are absolute, so a change may be told twice; the changes of one
// reactor must be applied in the order in which they were made.
#include <cstdint>
#include <string>

namespace telex::router {

struct InterestChange {
    std::string filter;
    bool sees_reserved = false;
    std::string queue_group;  // empty: the plain subscribers
    // Members of the group now; for plain subscribers 1 for some and 0 for none.
    std::uint32_t members = 0;
    // Which of the tables it is for; the table itself does not care.
    std::uint32_t account = 0;

    friend bool operator==(const InterestChange&, const InterestChange&) = default;
};

}  // namespace telex::router
