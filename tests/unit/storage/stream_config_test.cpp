#include "storage/stream_config.hpp"

#include "unit/storage/running_engine.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace telex::storage {
namespace {

using namespace std::chrono_literals;
using test::stream_config;

std::string fault_of(const v1::StreamConfig& config) {
    const auto options = options_of(config);
    if (options) {
        return "";
    }
    EXPECT_EQ(options.error().code, v1::STREAM_BAD_CONFIG);
    return options.error().text;
}

TEST(StreamConfig, DefaultsAreThoseOfTheOptions) {
    streams::StreamOptions expected;
    expected.name = "s";
    expected.subjects = {"a.>"};
    const auto options = options_of(stream_config("s", {"a.>"}));
    ASSERT_TRUE(options);
    EXPECT_EQ(*options, expected);
}

TEST(StreamConfig, SurvivesTheWayThere) {
    v1::StreamConfig config = stream_config("s", {"a.>", "b"});
    config.set_discard(v1::StreamConfig::NEWEST_PER_SUBJECT);
    config.set_max_messages(10);
    config.set_max_bytes(1'000'000);
    config.set_max_per_subject(3);
    config.set_max_age_ms(60'000);
    config.set_max_message_bytes(1'000);
    config.set_duplicate_window_ms(30'000);
    config.set_max_duplicate_ids(5);
    config.set_max_subjects(6);
    config.set_allow_ttl(true);
    config.set_allow_roll_up(true);
    config.set_deny_erase(true);
    config.set_index_all(true);
    config.set_compression(v1::StreamConfig::ZSTD);
    config.set_sync_interval_ms(500);
    config.set_account("tenant");
    const auto options = options_of(config);
    ASSERT_TRUE(options) << options.error().text;
    EXPECT_EQ(config_of(*options, "tenant").SerializeAsString(), config.SerializeAsString());
    EXPECT_EQ(options->sync_interval, 500ms);
}

TEST(StreamConfig, DefaultsFollowOtherSettings) {
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_max_age_ms(1'000);
    config.set_max_bytes(500);
    const auto options = options_of(config);
    ASSERT_TRUE(options);
    EXPECT_EQ(options->duplicate_window, 1s);
    EXPECT_EQ(options->max_message_bytes, 500U);
}

TEST(StreamConfig, ZeroWindowComparesNoIds) {
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_duplicate_window_ms(0);
    EXPECT_FALSE(options_of(config)->duplicate_window);
    EXPECT_EQ(config_of(*options_of(config), "").duplicate_window_ms(), 0U);
}

TEST(StreamConfig, ThatIsWrongNamesTheSetting) {
    EXPECT_NE(fault_of(stream_config("a b", {"a"})).find("name"), std::string::npos);
    EXPECT_NE(fault_of(stream_config("s", {})).find("subjects"), std::string::npos);
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_max_age_ms(UINT64_MAX);
    EXPECT_NE(fault_of(config).find("max_age"), std::string::npos);
    config = stream_config("s", {"a"});
    config.set_discard(static_cast<v1::StreamConfig::Discard>(9));
    EXPECT_NE(fault_of(config), "");
}

TEST(StreamConfig, OfSubjectsOfTheExchangeIsRefused) {
    for (const std::string subject : {"$SYS.event.>", "$other", "_REPLY.a", "_REPLYx", ">"}) {
        EXPECT_NE(fault_of(stream_config("s", {subject})).find("subjects"), std::string::npos)
            << subject;
    }
}

}  // namespace
}  // namespace telex::storage
