#include "config/parse/yaml_tree.hpp"

#include <gtest/gtest.h>

namespace telex::config {
namespace {

class YamlTree : public testing::Test {
protected:
    Node parse(std::string_view text) {
        Report report("a", text);
        auto root = parse_yaml(text, report);
        diagnostics_ = report.take();
        return root ? *std::move(root) : Node{};
    }

    std::vector<Diagnostic> diagnostics_;
};

TEST_F(YamlTree, KeepsScalarsAsText) {
    const Node root = parse("[no, 0600, 1e3, 12abc, \"a\\tb\", 'null', null, ~, ]\n");
    ASSERT_EQ(root.items.size(), 8U);
    EXPECT_EQ(root.items[0].text, "no");
    EXPECT_EQ(root.items[1].text, "0600");
    EXPECT_EQ(root.items[2].text, "1e3");
    EXPECT_EQ(root.items[3].text, "12abc");
    EXPECT_EQ(root.items[4].text, "a\tb");
    EXPECT_EQ(root.items[5].kind, Node::Kind::text);
    EXPECT_EQ(root.items[6].kind, Node::Kind::empty);
    EXPECT_EQ(root.items[7].kind, Node::Kind::empty);
    EXPECT_TRUE(diagnostics_.empty());
}

TEST_F(YamlTree, CountsPositionsFromOneInBytes) {
    const Node root = parse("a: 1\nä: {b: [x,\n  y]}\n");
    ASSERT_EQ(root.entries.size(), 2U);
    EXPECT_EQ(root.entries[0].at, (Position{1, 1}));
    EXPECT_EQ(root.entries[0].value.at, (Position{1, 4}));
    EXPECT_EQ(root.entries[1].at, (Position{2, 1}));
    const Node& inner = root.entries[1].value;
    EXPECT_EQ(inner.at, (Position{2, 5}));
    EXPECT_EQ(inner.entries.at(0).value.items.at(0).at, (Position{2, 10}));
    EXPECT_EQ(inner.entries.at(0).value.items.at(1).at, (Position{3, 3}));
}

TEST_F(YamlTree, CountsPositionsWithCarriageReturns) {
    const Node root = parse("a: 1\r\nb: 2\r\n");
    ASSERT_EQ(root.entries.size(), 2U);
    EXPECT_EQ(root.entries[1].at, (Position{2, 1}));
    EXPECT_EQ(root.entries[1].value.text, "2");
}

TEST_F(YamlTree, KeepsTheFirstOfDuplicateKeys) {
    const Node root = parse("a: 1\nb: 2\na: {c: 3}\n");
    ASSERT_EQ(root.entries.size(), 2U);
    EXPECT_EQ(root.entries[0].value.text, "1");
    ASSERT_EQ(diagnostics_.size(), 1U);
    EXPECT_EQ(diagnostics_[0].at, (Position{3, 1}));
}

TEST_F(YamlTree, DistinguishesSameKeysOfDifferentMappings) {
    parse("a: {x: 1}\nb: {x: 1}\nc: [{x: 1}, {x: 2}]\n");
    EXPECT_TRUE(diagnostics_.empty());
}

TEST_F(YamlTree, AcceptsAtMostThirtyTwoLevels) {
    parse(std::string(32, '[') + std::string(32, ']'));
    EXPECT_TRUE(diagnostics_.empty());
    parse(std::string(33, '[') + std::string(33, ']'));
    ASSERT_EQ(diagnostics_.size(), 1U);
    EXPECT_EQ(diagnostics_[0].message, "nested deeper than 32 levels");
}

TEST_F(YamlTree, StopsAtDeepNesting) {
    parse(std::string(100'000, '['));
    ASSERT_EQ(diagnostics_.size(), 1U);
    EXPECT_EQ(diagnostics_[0].at.line, 1U);
    EXPECT_EQ(diagnostics_[0].message, "nested deeper than 32 levels");
}

TEST_F(YamlTree, RefusesAnAliasBombWithoutBuildingIt) {
    const Node root = parse(
        "a: &a [x, x]\n"
        "b: &b [*a, *a]\n"
        "c: [*b, *b]\n"
    );
    EXPECT_EQ(diagnostics_.size(), 6U);
    EXPECT_EQ(root.entries.at(2).value.items.at(0).kind, Node::Kind::refused);
}

TEST_F(YamlTree, SurvivesACyclicAnchor) {
    parse("a: &a [*a]\n");
    EXPECT_FALSE(diagnostics_.empty());
}

}  // namespace
}  // namespace telex::config
