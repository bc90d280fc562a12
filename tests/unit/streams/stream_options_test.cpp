#include "streams/stream_options.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace telex::streams {
namespace {

using namespace std::chrono_literals;

StreamOptions usable() {
    return {.name = "ORDERS", .subjects = {"orders.>", "audit"}};
}

TEST(StreamOptions, DefaultsWithANameAndSubjectsAreUsable) {
    EXPECT_TRUE(check(usable()).empty());
}

TEST(StreamOptions, EachImpossibleSettingIsNamed) {
    struct Case {
        std::string setting;
        std::function<void(StreamOptions&)> change;
    };

    const std::vector<Case> cases = {
        {"name", [](auto& o) { o.name = ""; }},
        {"name", [](auto& o) { o.name = "a.b"; }},
        {"name", [](auto& o) { o.name = std::string(256, 'x'); }},
        {"subjects", [](auto& o) { o.subjects.clear(); }},
        {"subjects", [](auto& o) { o.subjects = {"a..b"}; }},
        {"subjects", [](auto& o) { o.subjects = {"a.*", "a.b"}; }},
        {"subjects", [](auto& o) { o.subjects = {">"}; }},
        {"subjects", [](auto& o) { o.subjects = {"*.API"}; }},
        {"subjects", [](auto& o) { o.subjects = {"$SYS.x"}; }},
        {"subjects", [](auto& o) { o.subjects.assign(1'001, "a"); }},
        {"max_messages", [](auto& o) { o.max_messages = 0; }},
        {"max_bytes",
         [](auto& o) {
             o.max_bytes = 0;
             o.max_message_bytes = 1;
         }},
        {"max_per_subject", [](auto& o) { o.max_per_subject = 0; }},
        {"max_per_subject",
         [](auto& o) {
             o.max_per_subject = 3;
             o.max_messages = 2;
         }},
        {"max_message_bytes", [](auto& o) { o.max_message_bytes = 0; }},
        {"max_message_bytes", [](auto& o) { o.max_message_bytes = 65ULL << 20U; }},
        {"max_message_bytes", [](auto& o) { o.max_bytes = 1'000; }},
        {"max_age", [](auto& o) { o.max_age = 99ms; }},
        {"max_subjects", [](auto& o) { o.max_subjects = 0; }},
        {"max_duplicate_ids", [](auto& o) { o.max_duplicate_ids = 0; }},
        {"duplicate_window", [](auto& o) { o.duplicate_window = 1ms; }},
        {"duplicate_window", [](auto& o) { o.duplicate_window = 1000h; }},
        {"duplicate_window", [](auto& o) { o.max_age = 1min; }},
        {"discard", [](auto& o) { o.discard = Discard::newest; }},
        {"discard", [](auto& o) { o.discard = Discard::newest_per_subject; }},
        {"allow_roll_up", [](auto& o) { o.allow_roll_up = o.deny_purge = true; }},
        {"allow_roll_up",
         [](auto& o) {
             o.allow_roll_up = true;
             o.retention = Retention::workqueue;
         }},
        {"sync_interval", [](auto& o) { o.sync = Sync::interval; }},
        {"sync_interval", [](auto& o) { o.sync_interval = 1s; }},
        {"sync_interval",
         [](auto& o) {
             o.sync = Sync::interval;
             o.sync_interval = 1ms;
         }},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        StreamOptions options = usable();
        cases[i].change(options);
        const auto problems = check(options);
        ASSERT_FALSE(problems.empty()) << "case " << i;
        EXPECT_EQ(problems.front().setting, cases[i].setting) << "case " << i;
        EXPECT_FALSE(problems.front().text.empty());
    }
}

TEST(StreamOptions, AllProblemsAreReported) {
    StreamOptions options = usable();
    options.name = "";
    options.max_messages = 0;
    options.sync_interval = 1s;
    EXPECT_EQ(check(options).size(), 3U);
}

TEST(StreamOptions, LimitPerSubjectAndRollUpIndexAllSequences) {
    StreamOptions options = usable();
    EXPECT_FALSE(indexes_all(options));
    options.max_per_subject = 1;
    EXPECT_TRUE(indexes_all(options));
    options = usable();
    options.allow_roll_up = true;
    EXPECT_TRUE(indexes_all(options));
}

}  // namespace
}  // namespace telex::streams
