// Removal by time, and the space of removed messages.
#include "unit/storage/running_engine.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace telex::storage {
namespace {

using namespace std::chrono_literals;
using test::message;
using test::RunningEngine;
using test::stream_config;

TEST(Expiry, RemovesOldMessages) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_max_age_ms(10'000);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a", "1"));
    running.clock.advance(6s);
    running.shard().publish(running.engine(), stream, message("a", "2"));
    running.clock.advance(5s);
    running.turn();
    EXPECT_EQ(running.info("s").messages(), 1U);
    EXPECT_EQ(running.info("s").first_sequence(), 2U);
    while (running.payload("s", 1) != "MESSAGE_NOT_FOUND") {
        running.turn();
    }
    EXPECT_EQ(running.payload("s", 2), "2");
}

TEST(Expiry, RemovesMessagesWithATimeToLive) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_allow_ttl(true);
    config.set_duplicate_window_ms(0);
    const auto stream = running.create(config);
    v1::Message sent = message("a", "short");
    sent.set_ttl_ms(2'000);
    running.shard().publish(running.engine(), stream, message("a", "1"));
    running.shard().publish(running.engine(), stream, sent);
    running.shard().publish(running.engine(), stream, message("a", "3"));
    running.restart();
    running.clock.advance(3s);
    running.turn();
    EXPECT_EQ(running.info("s").messages(), 2U);
    while (running.payload("s", 2) != "MESSAGE_NOT_FOUND") {
        running.turn();
    }
    running.restart();
    EXPECT_EQ(running.info("s").messages(), 2U);
    EXPECT_EQ(running.payload("s", 2), "MESSAGE_NOT_FOUND");
}

TEST(Expiry, ForgetsIds) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_duplicate_window_ms(1'000);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a", "1", "id"));
    running.clock.advance(2s);
    running.turn();
    EXPECT_FALSE(
        running.shard().publish(running.engine(), stream, message("a", "1", "id")).duplicate
    );
}

TEST(Expiry, WakesUpWithoutMessages) {
    // The real clocks: the engine must find the time itself.
    RunningEngine running;
    running.options.wall_clock = EngineOptions().wall_clock;
    running.options.steady_clock = EngineOptions().steady_clock;
    running.restart();
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_max_age_ms(100);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a", "1"));
    v1::GetStreamMessage request;
    request.set_stream("s");
    request.set_sequence(1);
    // Reads the store only: the committed first sequence shows the removal.
    const auto blocks = [&] { return running.store().block_from(stream, 1); };
    while (*blocks() != nullptr) {
        std::this_thread::yield();
    }
    EXPECT_EQ(running.info("s").messages(), 0U);
}

TEST(Space, OfTheOldestMessagesIsGivenBack) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_max_messages(2);
    const auto stream = running.create(config);
    for (int i = 0; i < 5; ++i) {
        running.shard().publish(running.engine(), stream, message("a"));
    }
    while ((*running.store().block_from(stream, 1))->first() != 4) {
        running.clock.advance(1s);
        running.turn();
    }
    EXPECT_EQ(running.info("s").first_sequence(), 4U);
}

TEST(Space, OfABlockWithoutMessagesIsGivenBack) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a.*"});
    config.set_max_per_subject(1);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a.x"));
    running.shard().publish(running.engine(), stream, message("a.y"));
    running.shard().publish(running.engine(), stream, message("a.y"));
    while ((*running.store().block_from(stream, 2))->first() != 3) {
        running.clock.advance(1s);
        running.turn();
    }
    EXPECT_TRUE(running.store().holes(stream)->empty());
    running.restart();
    EXPECT_EQ(running.info("s").messages(), 2U);
}

TEST(Space, OfRememberedIdsIsKept) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_max_messages(1);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a", "1", "id"));
    running.shard().publish(running.engine(), stream, message("a", "2"));
    running.clock.advance(5s);
    running.turn();
    running.turn();
    running.restart();
    EXPECT_EQ(running.info("s").messages(), 1U);
    EXPECT_TRUE(running.shard().publish(running.engine(), stream, message("a", "", "id")).duplicate
    );
}

}  // namespace
}  // namespace telex::storage
