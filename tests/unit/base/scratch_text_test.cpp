#include "base/scratch_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex {
namespace {

constexpr std::size_t kSize = 1'000;

const char* memory_of_one(std::size_t size) {
    ScratchText scratch;
    scratch.text().assign(size, 'x');
    return scratch.text().data();
}

TEST(ScratchText, IsEmptyAndHasTheMemoryOfAnEarlierOne) {
    const char* const before = memory_of_one(kSize);
    ScratchText scratch;
    EXPECT_TRUE(scratch.text().empty());
    scratch.text().assign(kSize, 'y');
    EXPECT_EQ(scratch.text().data(), before);
}

TEST(ScratchText, SeveralInUseHaveMemoryOfTheirOwn) {
    memory_of_one(kSize);
    ScratchText first;
    first.text().assign(kSize, 'a');
    ScratchText second;
    second.text().assign(kSize, 'b');
    EXPECT_EQ(first.text(), std::string(kSize, 'a'));
    EXPECT_EQ(second.text(), std::string(kSize, 'b'));
}

TEST(ScratchText, LongOnesAreNotKept) {
    memory_of_one(ScratchText::kMostKeptBytes + 1);
    std::vector<ScratchText> all(2 * ScratchText::kMostKept);
    for (ScratchText& scratch : all) {
        EXPECT_LE(scratch.text().capacity(), ScratchText::kMostKeptBytes);
    }
}

TEST(ScratchText, FewAreKept) {
    {
        std::vector<ScratchText> all(2 * ScratchText::kMostKept);
        for (ScratchText& scratch : all) {
            scratch.text().reserve(kSize);
        }
    }
    std::vector<ScratchText> all(2 * ScratchText::kMostKept);
    std::size_t kept = 0;
    for (ScratchText& scratch : all) {
        kept += scratch.text().capacity() >= kSize ? 1 : 0;
    }
    EXPECT_EQ(kept, ScratchText::kMostKept);
}

}  // namespace
}  // namespace telex
