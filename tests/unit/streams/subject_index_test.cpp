#include "streams/subject_index.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::streams {
namespace {

SubjectRef add(SubjectIndex& index, std::string_view subject, Sequence sequence) {
    return index.append(index.find(subject), subject, sequence, 10);
}

TEST(SubjectIndex, ForgetsSubjectsBehindTheFirstSequence) {
    SubjectIndex index(false, 1);
    add(index, "a", 1);
    add(index, "b", 2);
    add(index, "a", 3);
    index.forget_before(3);
    EXPECT_EQ(index.size(), 1U);
    EXPECT_EQ(index.find("b"), kNoSubject);
    EXPECT_EQ(index.last(index.find("a"), 3).sequence, 3U);
}

TEST(SubjectIndex, CountsAreBoundsAfterTheFirstRecordsAreGone) {
    SubjectIndex index(false, 1);
    const SubjectRef a = add(index, "a", 1);
    add(index, "a", 2);
    add(index, "b", 3);
    EXPECT_TRUE(index.count(a, 1).exact);
    EXPECT_EQ(index.count(a, 1).messages, 2U);
    EXPECT_FALSE(index.count(a, 2).exact);
    EXPECT_GE(index.count(a, 2).messages, 1U);
}

TEST(SubjectIndex, ALostLastRecordIsABoundUntilItIsResolved) {
    SubjectIndex index(false, 1);
    const SubjectRef a = add(index, "a", 1);
    add(index, "a", 5);
    index.remove(a, 5, 1);
    EXPECT_EQ(index.last(a, 1).sequence, 5U);
    EXPECT_FALSE(index.last(a, 1).exact);
    index.resolve(a, 1);
    EXPECT_TRUE(index.last(a, 1).exact);
    EXPECT_EQ(index.last(a, 1).sequence, 1U);
}

TEST(SubjectIndex, WithAllSequencesEveryAnswerIsExact) {
    SubjectIndex index(true, 1);
    const SubjectRef a = add(index, "a", 1);
    add(index, "b", 2);
    add(index, "a", 3);
    add(index, "a", 5);
    EXPECT_EQ(index.remove(a, 5, 1), 10U);
    EXPECT_EQ(index.last(a, 1).sequence, 3U);
    EXPECT_EQ(index.count(a, 2).messages, 1U);
    index.trim(a, 2);
    EXPECT_EQ(index.oldest(a), 3U);
    index.remove(a, 3, 2);
    EXPECT_EQ(index.find("a"), kNoSubject);
    EXPECT_EQ(index.size(), 1U);
}

TEST(SubjectIndex, PrependGivesTheSameAsAppend) {
    for (const bool all : {false, true}) {
        SubjectIndex forwards(all, 1);
        SubjectIndex backwards(all, 1);
        const auto name = [](Sequence sequence) { return "s" + std::to_string(sequence * 7 % 13); };
        for (Sequence sequence = 1; sequence <= 100; ++sequence) {
            add(forwards, name(sequence), sequence);
            backwards.prepend(name(101 - sequence), 101 - sequence, 10);
        }
        for (Sequence first = 1; first <= 101; ++first) {
            forwards.forget_before(first);
            backwards.forget_before(first);
            ASSERT_EQ(forwards.size(), backwards.size());
            forwards.for_each([&](SubjectRef subject) {
                const SubjectRef other = backwards.find(forwards.text(subject));
                ASSERT_NE(other, kNoSubject);
                EXPECT_EQ(
                    forwards.last(subject, first).sequence, backwards.last(other, first).sequence
                );
                EXPECT_EQ(
                    forwards.count(subject, first).messages, backwards.count(other, first).messages
                );
            });
        }
    }
}

TEST(SubjectIndex, MemoryOfForgottenSubjectsIsFreed) {
    SubjectIndex index(true, 1);
    const std::size_t empty = index.memory_bytes();
    for (Sequence sequence = 1; sequence <= 20'000; ++sequence) {
        add(index, "a.long.subject.that.needs.the.heap." + std::to_string(sequence), sequence);
    }
    EXPECT_GT(index.memory_bytes(), 20'000U * 60);
    index.forget_before(20'001);
    EXPECT_EQ(index.size(), 0U);
    EXPECT_LT(index.memory_bytes(), empty + (64U << 10U));
}

}  // namespace
}  // namespace telex::streams
