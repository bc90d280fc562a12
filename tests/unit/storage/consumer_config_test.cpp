#include "storage/consumer_config.hpp"

#include "storage/consumer_metadata.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace telex::storage {
namespace {

using namespace std::chrono_literals;

streams::StreamOptions stream_options() {
    streams::StreamOptions options;
    options.name = "s";
    options.subjects = {"a.>"};
    return options;
}

std::string error_of(const v1::ConsumerConfig& config) {
    const auto options = check_consumer_config(config, "c", stream_options());
    EXPECT_FALSE(options.has_value());
    return options ? "" : options.error().text;
}

TEST(ConsumerConfig, HasDefaults) {
    const auto options = check_consumer_config({}, "c", stream_options());
    ASSERT_TRUE(options);
    EXPECT_EQ(options->name, "c");
    EXPECT_TRUE(options->durable);
    EXPECT_EQ(options->max_in_flight, 1'000U);
    EXPECT_EQ(options->ack_wait, 30s);
    EXPECT_FALSE(options->max_deliveries);
    EXPECT_FALSE(options->inactivity);
}

TEST(ConsumerConfig, WithoutANameIsNotDurable) {
    const auto options = check_consumer_config({}, "", stream_options());
    ASSERT_TRUE(options);
    EXPECT_FALSE(options->durable);
    EXPECT_EQ(options->inactivity, 5s);
}

TEST(ConsumerConfig, KeepsAllSettings) {
    v1::ConsumerConfig config;
    config.add_filters("a.b");
    config.add_filters("a.c.>");
    config.set_start(v1::ConsumerConfig::TIME);
    config.set_start_unix_nanoseconds(1'000);
    config.set_max_in_flight(7);
    config.set_ack_wait_ms(1'500);
    config.add_back_off_ms(100);
    config.add_back_off_ms(200);
    config.set_max_deliveries(3);
    config.set_dead_letter_subject("dead");
    config.set_inactivity_ms(60'000);
    config.set_key_affinity(true);
    config.set_max_in_flight_per_key(2);
    const auto options = check_consumer_config(config, "c", stream_options());
    ASSERT_TRUE(options) << options.error().text;
    EXPECT_EQ(config_of(*options).SerializeAsString(), config.SerializeAsString());
}

TEST(ConsumerConfig, ErrorsNameTheSetting) {
    v1::ConsumerConfig config;
    config.add_filters("b");
    EXPECT_EQ(error_of(config), "consumer 'c': filters 'b' selects no subject of the stream");
    config = {};
    config.set_start_sequence(3);
    EXPECT_NE(error_of(config).find("start_sequence"), std::string::npos);
    config = {};
    config.set_ack_wait_ms(1);
    EXPECT_NE(error_of(config).find("ack_wait"), std::string::npos);
    config = {};
    config.set_dead_letter_subject("$SYS.x");
    EXPECT_NE(error_of(config).find("dead_letter_subject"), std::string::npos);
    config = {};
    for (int i = 0; i < 21; ++i) {
        config.add_back_off_ms(100);
    }
    EXPECT_NE(error_of(config).find("back_off"), std::string::npos);
}

TEST(ConsumerConfig, RefusesValuesOfNewerVersions) {
    v1::ConsumerConfig config;
    config.set_ack(static_cast<v1::ConsumerConfig::Ack>(17));
    EXPECT_NE(error_of(config).find("ack is unknown"), std::string::npos);
    config = {};
    config.set_start(static_cast<v1::ConsumerConfig::Start>(17));
    EXPECT_NE(error_of(config).find("start is unknown"), std::string::npos);
}

TEST(ConsumerMetadata, HasTheBytesOfThePromise) {
    const ConsumerMetadata metadata{.name = "c", .config = "xy", .created = 300, .snapshot = "z"};
    EXPECT_EQ(encode(metadata), std::string("\x0a\x01\x63\x12\x02xy\x18\xac\x02\x22\x01z"));
    EXPECT_EQ(decode_consumer(encode(metadata)), metadata);
    EXPECT_FALSE(decode_consumer("\x0a\x05"));
}

}  // namespace
}  // namespace telex::storage
