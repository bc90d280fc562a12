#include "compat/units.hpp"

#include <gtest/gtest.h>

namespace telex::compat {
namespace {

using std::chrono::milliseconds;

TEST(CompatUnits, Numbers) {
    EXPECT_EQ(parse_number("4222"), 4222);
    EXPECT_EQ(parse_number("-1"), -1);
    EXPECT_EQ(parse_number("8k"), 8'000);
    EXPECT_EQ(parse_number("8KB"), 8'192);
    EXPECT_EQ(parse_number("1m"), 1'000'000);
    EXPECT_EQ(parse_number("1MB"), 1'048'576);
    EXPECT_EQ(parse_number("1mib"), 1'048'576);
    EXPECT_EQ(parse_number("2Gi"), std::int64_t{2} << 30U);
    EXPECT_EQ(parse_number("1TB"), std::int64_t{1} << 40U);
    for (const char* text :
         {"", "x", "1x", "1 k", "k", "1kbb", "1.5", "99999999999999999999", "9999999999999T"}) {
        EXPECT_EQ(parse_number(text), std::nullopt) << text;
    }
}

TEST(CompatUnits, Times) {
    EXPECT_EQ(parse_time("10s"), milliseconds(10'000));
    EXPECT_EQ(parse_time("1m30s"), milliseconds(90'000));
    EXPECT_EQ(parse_time("250ms"), milliseconds(250));
    EXPECT_EQ(parse_time("1.5s"), milliseconds(1'500));
    EXPECT_EQ(parse_time("2h"), milliseconds(7'200'000));
    for (const char* text : {"", "10", "s", "10x", "1..5s", "-1s", "10s5", "99999999999999999h"}) {
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
    }
}

TEST(CompatUnits, SecondsMayBeNumbers) {
    EXPECT_EQ(parse_seconds("2"), milliseconds(2'000));
    EXPECT_EQ(parse_seconds("0.5"), milliseconds(500));
    EXPECT_EQ(parse_seconds("3s"), milliseconds(3'000));
    EXPECT_EQ(parse_seconds("x"), std::nullopt);
}

TEST(CompatUnits, Booleans) {
    for (const char* text : {"true", "Yes", "ON"}) {
        EXPECT_EQ(parse_boolean(text), true) << text;
    }
    for (const char* text : {"false", "No", "OFF"}) {
        EXPECT_EQ(parse_boolean(text), false) << text;
    }
    EXPECT_EQ(parse_boolean("1"), std::nullopt);
}

}  // namespace
}  // namespace telex::compat
