#include "match/literal_filters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::match {
namespace {

using ::testing::UnorderedElementsAre;

FilterRef find(const LiteralFilters& filters, std::string_view text) {
    return filters.find(text, filters.hash_of(text));
}

FilterRef add(LiteralFilters& filters, std::string_view text) {
    return filters.add(text, filters.hash_of(text));
}

TEST(LiteralFilters, FindsTextsOfEachLength) {
    LiteralFilters filters(KeyedHash(1));
    for (std::size_t length = 1; length < 100; ++length) {
        const FilterRef filter = add(filters, std::string(length, 'x'));
        filters.set_value(filter, length);
    }
    for (std::size_t length = 1; length < 100; ++length) {
        const std::string text(length, 'x');
        const FilterRef filter = find(filters, text);
        ASSERT_NE(filter, 0U);
        EXPECT_EQ(filters.text_of(filter), text);
        EXPECT_EQ(filters.value(filter), length);
    }
    EXPECT_EQ(find(filters, std::string(100, 'x')), 0U);
    EXPECT_EQ(find(filters, ""), 0U);
}

TEST(LiteralFilters, KeepsApartTextsOfOneHash) {
    LiteralFilters filters(KeyedHash(1));
    const FilterRef first = filters.add("first", 5);
    const FilterRef second = filters.add("second", 5);
    EXPECT_EQ(filters.find("first", 5), first);
    EXPECT_EQ(filters.find("second", 5), second);
    EXPECT_EQ(filters.find("third", 5), 0U);
}

TEST(LiteralFilters, ForgetsWhatIsErased) {
    LiteralFilters filters(KeyedHash(1));
    filters.set_value(add(filters, "a"), 7);
    add(filters, "b");
    add(filters, std::string(1'000, 'c'));
    filters.erase(find(filters, "a"));
    filters.erase(find(filters, std::string(1'000, 'c')));
    EXPECT_EQ(find(filters, "a"), 0U);
    std::vector<std::string> left;
    filters.for_each([&](FilterRef filter) { left.emplace_back(filters.text_of(filter)); });
    EXPECT_THAT(left, UnorderedElementsAre("b"));
    EXPECT_EQ(filters.size(), 1U);
    EXPECT_EQ(filters.value(add(filters, "a")), 0U);  // in the same place
}

TEST(LiteralFilters, LeavesNoMemoryBehind) {
    LiteralFilters filters(KeyedHash(1));
    const std::size_t empty = filters.memory_bytes();
    std::vector<FilterRef> all;
    for (int i = 0; i < 20'000; ++i) {
        all.push_back(add(filters, "a-filter-of-some-length." + std::to_string(i)));
    }
    EXPECT_GT(filters.memory_bytes(), empty + 1'000'000);
    for (const FilterRef filter : all) {
        filters.erase(filter);
    }
    EXPECT_LE(filters.memory_bytes(), empty);
}

}  // namespace
}  // namespace telex::match
