#include "cli/messages/header_text.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

TEST(HeaderText, SplitsAtTheFirstColonAndTrimsTheValue) {
    EXPECT_EQ(parse_header("Name: \t a: b "), (Header{"Name", "a: b"}));
    EXPECT_EQ(parse_header("Name:value"), (Header{"Name", "value"}));
}

TEST(HeaderText, AllowsAnEmptyValue) {
    EXPECT_EQ(parse_header("Name:"), (Header{"Name", ""}));
    EXPECT_EQ(parse_header("Name:  "), (Header{"Name", ""}));
}

TEST(HeaderText, RejectsAMissingColonOrName) {
    EXPECT_EQ(
        parse_header("Name value").error(), "'Name value' has no colon; expected 'Name: value'"
    );
    EXPECT_FALSE(parse_header(": value"));
    EXPECT_FALSE(parse_header("A name: value"));
    EXPECT_FALSE(parse_header("A\x01: value"));
}

TEST(HeaderText, RejectsInvalidUtf8) {
    EXPECT_FALSE(parse_header("Name: \xFF"));
}

}  // namespace
}  // namespace telex::cli
