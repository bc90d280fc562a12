#include "streams/stream_change.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace telex::streams {
namespace {

using namespace std::chrono_literals;

StreamOptions before_change() {
    return {.name = "S", .subjects = {"a.*", "b"}, .max_age = 1h};
}

constexpr StreamFill kFilled{
    .messages = 100, .bytes = 10'000, .most_per_subject = 10, .subjects = 5, .oldest_age = 30min
};

std::vector<ChangeProblem> change(
    const std::function<void(StreamOptions&)>& edit, const StreamFill& fill = kFilled
) {
    StreamOptions after = before_change();
    edit(after);
    return check_change(before_change(), after, fill);
}

TEST(StreamChange, TheSameAndWiderSettingsAreHarmless) {
    EXPECT_TRUE(change([](auto&) {}).empty());
    EXPECT_TRUE(change([](auto& o) { o.max_age = 2h; }).empty());
    EXPECT_TRUE(change([](auto& o) { o.subjects = {"a.>", "b", "c"}; }).empty());
    EXPECT_TRUE(change([](auto& o) { o.max_messages = 100; }).empty());
}

TEST(StreamChange, ALimitBelowTheContentsLosesData) {
    struct Case {
        std::string setting;
        std::function<void(StreamOptions&)> edit;
    };

    const std::vector<Case> cases = {
        {"max_messages", [](auto& o) { o.max_messages = 99; }},
        {"max_bytes", [](auto& o) { o.max_bytes = 9'999; }},
        {"max_age", [](auto& o) { o.max_age = 29min; }},
        {"max_per_subject", [](auto& o) { o.max_per_subject = 9; }},
        {"duplicate_window", [](auto& o) { o.duplicate_window = 1min; }},
        {"subjects", [](auto& o) { o.subjects = {"a.*"}; }},
        {"retention", [](auto& o) { o.retention = Retention::interest; }},
    };
    for (const Case& each : cases) {
        const auto problems = change(each.edit);
        ASSERT_EQ(problems.size(), 1U) << each.setting;
        EXPECT_EQ(problems.front().setting, each.setting);
        EXPECT_EQ(problems.front().effect, ChangeEffect::loses_data);
        EXPECT_TRUE(change(each.edit, StreamFill{}).empty()) << each.setting << " without contents";
    }
}

TEST(StreamChange, SomeSettingsNeverChange) {
    for (const auto& edit : std::vector<std::function<void(StreamOptions&)>>{
             [](auto& o) { o.name = "T"; },
             [](auto& o) { o.max_subjects = 4; },
         }) {
        const auto problems = change(edit);
        ASSERT_EQ(problems.size(), 1U);
        EXPECT_EQ(problems.front().effect, ChangeEffect::impossible);
    }
    StreamOptions denied = before_change();
    denied.deny_erase = denied.deny_purge = true;
    EXPECT_EQ(check_change(denied, before_change(), {}).size(), 2U);
    StreamFill with_consumers = kFilled;
    with_consumers.consumers = 1;
    const auto problems =
        change([](auto& o) { o.retention = Retention::workqueue; }, with_consumers);
    EXPECT_EQ(problems.front().effect, ChangeEffect::impossible);
}

TEST(StreamChange, OverlapsWithOtherStreamsAreNamed) {
    const StreamOptions one{.name = "ONE", .subjects = {"a.>"}};
    const StreamOptions two{.name = "TWO", .subjects = {"b", "c.*"}};
    const StreamOptions candidate{.name = "THREE", .subjects = {"*.x", "d"}};
    const std::array<const StreamOptions*, 2> others = {&one, &two};
    const auto found = check_overlap(candidate, others);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].stream, "ONE");
    EXPECT_EQ(found[0].subject, "*.x");
    EXPECT_EQ(found[1].other, "c.*");
    EXPECT_TRUE(check_overlap(one, others).empty());  // itself is skipped
}

}  // namespace
}  // namespace telex::streams
