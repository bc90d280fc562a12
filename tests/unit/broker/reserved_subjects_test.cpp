#include "broker/reserved_subjects.hpp"

#include <gtest/gtest.h>

namespace telex::broker {
namespace {

TEST(ReservedSubjects, FiltersSelectEventsOnlyWithTheirDollar) {
    EXPECT_TRUE(selects_events("$SYS.event.connect"));
    EXPECT_TRUE(selects_events("$SYS.json.event.>"));
    EXPECT_TRUE(selects_events("$SYS.>"));
    EXPECT_TRUE(selects_events("$SYS.*.connect"));
    EXPECT_FALSE(selects_events(">"));
    EXPECT_FALSE(selects_events("*.event.connect"));
    EXPECT_FALSE(selects_events("$SYS.info"));
}

}  // namespace
}  // namespace telex::broker
