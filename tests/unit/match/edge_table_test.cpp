#include "match/edge_table.hpp"

#include "match/random.hpp"

#include <gtest/gtest.h>

#include <map>

namespace telex::match {
namespace {

std::uint32_t find_exact(const EdgeTable& table, std::uint32_t hash, std::uint32_t child) {
    return table.find(hash, [&](std::uint32_t candidate) { return candidate == child; });
}

TEST(EdgeTable, FindsNothingWhenEmpty) {
    const EdgeTable table;
    EXPECT_EQ(find_exact(table, 0, 1), 0U);
    EXPECT_EQ(find_exact(table, 0xffffffff, 1), 0U);
}

TEST(EdgeTable, KeepsApartChildrenOfOneHash) {
    EdgeTable table;
    for (std::uint32_t child = 1; child <= 100; ++child) {
        table.insert(0xffffffff, child);
    }
    for (std::uint32_t child = 2; child <= 100; child += 2) {
        table.erase(0xffffffff, child);
    }
    for (std::uint32_t child = 1; child <= 100; ++child) {
        EXPECT_EQ(find_exact(table, 0xffffffff, child), child % 2 == 1 ? child : 0);
    }
}

TEST(EdgeTable, AgreesWithAMapUnderRandomChurn) {
    SplitMix64 random(1);
    EdgeTable table;
    std::map<std::uint32_t, std::uint32_t> hash_of_child;
    for (int step = 0; step < 100'000; ++step) {
        const auto child = static_cast<std::uint32_t>(1 + random.below(2000));
        const auto known = hash_of_child.find(child);
        if (known != hash_of_child.end()) {
            ASSERT_EQ(find_exact(table, known->second, child), child);
            table.erase(known->second, child);
            ASSERT_EQ(find_exact(table, known->second, child), 0U);
            hash_of_child.erase(known);
        } else {
            // Few distinct upper halves: long runs, also across the end of the table.
            const auto hash = static_cast<std::uint32_t>(random.below(16) << 28 | random.below(64));
            table.insert(hash, child);
            hash_of_child.emplace(child, hash);
        }
        ASSERT_EQ(table.size(), hash_of_child.size());
    }
    for (const auto& [child, hash] : hash_of_child) {
        EXPECT_EQ(find_exact(table, hash, child), child);
    }
}

TEST(EdgeTable, GivesMemoryBackWhenItShrinks) {
    EdgeTable table;
    const std::size_t empty = table.memory_bytes();
    for (std::uint32_t child = 1; child <= 10'000; ++child) {
        table.insert(child * 0x9e3779b9U, child);
    }
    EXPECT_LE(table.memory_bytes(), 10'000U * 8 * 3);
    for (std::uint32_t child = 1; child <= 10'000; ++child) {
        table.erase(child * 0x9e3779b9U, child);
    }
    EXPECT_EQ(table.memory_bytes(), empty);
}

}  // namespace
}  // namespace telex::match
