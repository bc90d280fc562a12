#include "exchange/top_subjects.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace telex::exchange {
namespace {

std::uint64_t counted(const TopSubjects& subjects, std::string_view subject) {
    for (const auto& entry : subjects.entries()) {
        if (entry.subject == subject) {
            return entry.messages;
        }
    }
    return 0;
}

TEST(TopSubjects, MessagesThatComeAloneAreCountedExactly) {
    TopSubjects subjects;
    for (std::uint64_t turn = 1; turn <= 10; ++turn) {
        subjects.count(turn % 2 == 0 ? "even" : "odd", turn);
    }
    EXPECT_EQ(counted(subjects, "even"), 5U);
    EXPECT_EQ(counted(subjects, "odd"), 5U);
}

TEST(TopSubjects, OfAFloodASampleStandsForTheRest) {
    TopSubjects subjects;
    for (int i = 0; i < 3201; ++i) {
        subjects.count("flood", 7);
    }
    EXPECT_EQ(counted(subjects, "flood"), 3201U);
}

// The algorithm's promise: whatever has more than 1/64 of all is among the entries, and is
// over-counted by no more than that part.
TEST(TopSubjects, TheFrequentOnesAreFoundAmongManyOthers) {
    TopSubjects subjects;
    std::mt19937 random(1);
    std::uint64_t often = 0;
    const std::uint64_t all = 100'000;
    for (std::uint64_t turn = 1; turn <= all; ++turn) {
        if (random() % 10 == 0) {
            ++often;
            subjects.count("often", turn);
        } else {
            subjects.count("rare." + std::to_string(random() % 50'000), turn);
        }
    }
    EXPECT_EQ(subjects.entries().size(), 64U);
    EXPECT_GE(counted(subjects, "often"), often);
    EXPECT_LE(counted(subjects, "often"), often + all / 64);
    const auto sum = std::accumulate(
        subjects.entries().begin(),
        subjects.entries().end(),
        std::uint64_t{0},
        [](std::uint64_t total, const auto& entry) { return total + entry.messages; }
    );
    EXPECT_EQ(sum, all);
}

}  // namespace
}  // namespace telex::exchange
