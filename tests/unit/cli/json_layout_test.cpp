#include "cli/messages/json_layout.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

TEST(JsonLayout, HasALineForEachMember) {
    EXPECT_EQ(
        indented_json(R"( {"a":1.50,"b" : [true,{"c":"x, {y}: \"z\\"}],"d":{},"e":[ ]} )"),
        "{\n"
        "  \"a\": 1.50,\n"
        "  \"b\": [\n"
        "    true,\n"
        "    {\n"
        "      \"c\": \"x, {y}: \\\"z\\\\\"\n"
        "    }\n"
        "  ],\n"
        "  \"d\": {},\n"
        "  \"e\": []\n"
        "}"
    );
    EXPECT_EQ(indented_json("[]"), "[]");
    EXPECT_EQ(indented_json("[[],[]]"), "[\n  [],\n  []\n]");
}

TEST(JsonLayout, LeavesOtherTexts) {
    for (const char* text : {"", " ", "text", "7", "\"x\"", "{", "[1,]", "{} x", "[\"\x01\"]"}) {
        EXPECT_EQ(indented_json(text), std::nullopt) << text;
    }
}

TEST(JsonLayout, OfDeepNestingIsInProportion) {
    const std::size_t depth = 20'000;
    const auto text = indented_json(std::string(depth, '[') + "1" + std::string(depth, ']'));
    ASSERT_TRUE(text);
    EXPECT_LT(text->size(), 2 * depth * 70);
}

}  // namespace
}  // namespace telex::cli
