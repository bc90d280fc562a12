// A store that is full, or fails.
#include "unit/storage/running_engine.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace telex::storage {
namespace {

using test::message;
using test::RunningEngine;
using test::stream_config;

TEST(FullStore, RefusesUntilThereIsRoom) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    running.gate->set_state(store::StoreState::full);
    EXPECT_EQ(
        running.shard().publish(running.engine(), stream, message("a")).code, v1::STORAGE_FULL
    );
    EXPECT_EQ(running.engine().storage_info().state(), "full");
    EXPECT_EQ(running.info("s").refused_messages().at("storage_full"), 1U);
    running.gate->set_state(store::StoreState::ok);
    EXPECT_EQ(running.shard().publish(running.engine(), stream, message("a")).sequence, 1U);
}

TEST(FullStore, IsAskedForRoomOnceASecond) {
    RunningEngine running;
    running.create(stream_config("s", {"a"}));
    const std::size_t before = running.gate->commits().size();
    running.gate->set_state(store::StoreState::full);
    running.turn();
    running.gate->await_commits(before + 1);
    running.turn();
    running.turn();
    EXPECT_EQ(running.gate->commits().size(), before + 1);
    running.clock.advance(std::chrono::seconds(1));
    running.turn();
    running.gate->await_commits(before + 2);
}

TEST(FullStore, ThatRefusesACommitLosesItsMessagesOnly) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    running.shard().publish(running.engine(), stream, message("a", "1", "id-1"));
    running.gate->fail_commits(store::StoreFault::full);
    const auto lost = running.shard().offer(running.engine(), stream, {message("a", "2", "id-2")});
    // Nothing was written: the publisher learns that its message is not stored.
    EXPECT_EQ(running.shard().committed(lost), v1::STORAGE_FULL);
    running.gate->succeed();
    // The sequence was given, so it is not used again. The id was not stored.
    const auto next = running.shard().publish(running.engine(), stream, message("a", "3", "id-2"));
    EXPECT_FALSE(next.duplicate);
    EXPECT_EQ(next.sequence, 3U);
    EXPECT_TRUE(
        running.shard().publish(running.engine(), stream, message("a", "", "id-1")).duplicate
    );
    EXPECT_EQ(running.payload("s", 1), "1");
    EXPECT_EQ(running.payload("s", 2), "MESSAGE_NOT_FOUND");
    EXPECT_EQ(running.payload("s", 3), "3");
    running.restart();
    EXPECT_EQ(running.info("s").messages(), 2U);
    EXPECT_EQ(running.info("s").last_sequence(), 3U);
}

TEST(FailedStore, RefusesUntilTheRestart) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    running.shard().publish(running.engine(), stream, message("a", "1"));
    running.gate->fail_commits(store::StoreFault::failed);
    running.gate->close();
    const auto first = running.shard().offer(running.engine(), stream, {message("a", "2")});
    running.gate->await_commit();
    const auto second = running.shard().offer(running.engine(), stream, {message("a", "3")});
    running.shard().decisions(second);
    running.gate->open();
    EXPECT_EQ(running.shard().committed(first), v1::STORAGE_FAILED);
    EXPECT_EQ(running.shard().committed(second), v1::STORAGE_FAILED);
    EXPECT_EQ(
        running.shard().publish(running.engine(), stream, message("a")).code, v1::STORAGE_FAILED
    );
    EXPECT_EQ(running.engine().storage_info().state(), "failed");
    // Reads go on.
    EXPECT_EQ(running.payload("s", 1), "1");
    const auto created = running.engine().create(stream_config("t", {"b"}));
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, v1::STORAGE_NOT_WRITABLE);
}

TEST(FailedStore, EndsWithAnswers) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    running.gate->fail_commits(store::StoreFault::failed);
    const auto batch = running.shard().offer(running.engine(), stream, {message("a")});
    running.engine().stop();
    EXPECT_EQ(running.shard().committed(batch), v1::STORAGE_FAILED);
}

}  // namespace
}  // namespace telex::storage
