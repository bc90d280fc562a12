#include "cli/commands/stream_settings.hpp"

#include "cli/commands/stream_text.hpp"
#include "cli/options/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct ParsedSettings {
    std::string error;
    v1::StreamConfig config;
};

// Applies the options to `config`.
ParsedSettings parse_settings(const std::vector<std::string>& words, v1::StreamConfig config = {}) {
    StreamEdits edits;
    Command command{.name = "telex", .summary = "Test"};
    add_stream_settings(command.options, edits);
    command.run = [] { return 0; };
    command.connects = true;
    std::vector<const char*> argv{"telex"};
    for (const std::string& word : words) {
        argv.push_back(word.c_str());
    }
    const CommandLine line =
        parse_command_line(command, static_cast<int>(argv.size()), argv.data());
    for (const auto& edit : edits) {
        edit(config);
    }
    return {line.error, std::move(config)};
}

TEST(StreamSettings, TakeTheUnitsOfTheConfiguration) {
    const ParsedSettings parsed = parse_settings(
        {"--max-messages",
         "5",
         "--max-bytes",
         "1GiB",
         "--max-per-subject",
         "2",
         "--max-age",
         "7d",
         "--max-message-bytes",
         "64KiB",
         "--discard",
         "newest-per-subject",
         "--duplicate-window",
         "1h",
         "--max-duplicate-ids",
         "10",
         "--max-subjects",
         "20",
         "--subject-index",
         "all",
         "--allow-ttl",
         "true",
         "--allow-roll-up",
         "true",
         "--deny-erase",
         "true",
         "--deny-purge",
         "true",
         "--compression",
         "zstd",
         "--sync",
         "250ms"}
    );
    EXPECT_EQ(parsed.error, "");
    v1::StreamConfig expected;
    expected.set_max_messages(5);
    expected.set_max_bytes(std::uint64_t{1} << 30U);
    expected.set_max_per_subject(2);
    expected.set_max_age_ms(std::uint64_t{7} * 86'400'000);
    expected.set_max_message_bytes(65'536);
    expected.set_discard(v1::StreamConfig::NEWEST_PER_SUBJECT);
    expected.set_duplicate_window_ms(3'600'000);
    expected.set_max_duplicate_ids(10);
    expected.set_max_subjects(20);
    expected.set_index_all(true);
    expected.set_allow_ttl(true);
    expected.set_allow_roll_up(true);
    expected.set_deny_erase(true);
    expected.set_deny_purge(true);
    expected.set_compression(v1::StreamConfig::ZSTD);
    expected.set_sync_interval_ms(250);
    EXPECT_EQ(parsed.config.SerializeAsString(), expected.SerializeAsString());
}

TEST(StreamSettings, LeaveTheOthersAsTheyAre) {
    v1::StreamConfig before;
    before.set_max_age_ms(5);
    before.set_allow_ttl(true);
    const ParsedSettings parsed = parse_settings({"--max-messages", "3"}, before);
    before.set_max_messages(3);
    EXPECT_EQ(parsed.config.SerializeAsString(), before.SerializeAsString());
}

TEST(StreamSettings, RemoveLimits) {
    v1::StreamConfig before;
    before.set_max_age_ms(5);
    before.set_max_bytes(6);
    before.set_sync_interval_ms(7);
    before.set_allow_ttl(true);
    const ParsedSettings parsed = parse_settings(
        {"--max-age",
         "none",
         "--max-bytes",
         "none",
         "--sync",
         "always",
         "--allow-ttl",
         "false",
         "--duplicate-window",
         "off"},
        before
    );
    EXPECT_EQ(parsed.config.max_age_ms(), 0U);
    EXPECT_EQ(parsed.config.max_bytes(), 0U);
    EXPECT_EQ(parsed.config.sync_interval_ms(), 0U);
    EXPECT_FALSE(parsed.config.allow_ttl());
    EXPECT_TRUE(parsed.config.has_duplicate_window_ms());
    EXPECT_EQ(parsed.config.duplicate_window_ms(), 0U);
}

TEST(StreamSettings, RejectOtherValues) {
    EXPECT_THAT(parse_settings({"--max-age", "0s"}).error, HasSubstr("must be greater than zero"));
    EXPECT_THAT(
        parse_settings({"--max-messages", "0"}).error, HasSubstr("must be greater than zero")
    );
    EXPECT_THAT(parse_settings({"--max-bytes", "10M"}).error, Not(""));
    EXPECT_THAT(parse_settings({"--max-message-bytes", "none"}).error, Not(""));
    EXPECT_THAT(parse_settings({"--discard", "new"}).error, HasSubstr("is not one of"));
    EXPECT_THAT(
        parse_settings({"--allow-ttl", "yes"}).error, HasSubstr("is not one of true, false")
    );
    EXPECT_THAT(parse_settings({"--sync", "never"}).error, Not(""));
}

TEST(StreamSettings, ArePrintedAsTheOptionsWriteThem) {
    v1::StreamConfig config;
    EXPECT_EQ(settings_text(config), "");
    config.set_max_age_ms(604'800'000);
    config.set_discard(v1::StreamConfig::NEWEST);
    config.set_duplicate_window_ms(0);
    EXPECT_EQ(
        settings_text(config),
        "  max-age             7d\n"
        "  discard             newest\n"
        "  duplicate-window    off\n"
    );
}

TEST(StreamText, ListsStreams) {
    v1::StreamList list;
    v1::StreamInfo& row = *list.add_streams();
    row.mutable_config()->set_name("orders");
    row.mutable_config()->add_subjects("orders.>");
    row.set_messages(3);
    row.set_last_sequence(7);
    list.set_total(2);
    const std::string text = streams_text(list);
    EXPECT_THAT(text, HasSubstr("orders.>"));
    EXPECT_THAT(text, HasSubstr("1 of 2\n"));
}

TEST(StreamText, EscapesControlCharacters) {
    v1::StreamInfo stream;
    stream.mutable_config()->set_name("a\x1b[2J");
    stream.mutable_config()->add_subjects("b\x07");
    (*stream.mutable_refused_messages())["c\n"] = 1;
    const std::string text = stream_text(stream);
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\x07")));
    EXPECT_THAT(text, HasSubstr("c\\x0a"));
}

}  // namespace
}  // namespace telex::cli
