// The tables of captured subjects, which the shards get.
#include "unit/storage/running_engine.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace telex::storage {
namespace {

using test::message;
using test::RunningEngine;
using test::stream_config;

std::vector<std::string> filters_of(const exchange::CaptureTable& table) {
    std::vector<std::string> filters;
    for (const auto& row : table.rows) {
        filters.push_back(row.name + ":" + row.filter + "@" + std::to_string(row.account));
    }
    return filters;
}

TEST(Capture, NamesTheSubjectsOfAllStreams) {
    RunningEngine running;
    EXPECT_TRUE(running.shard().captures()->rows.empty());
    v1::StreamConfig tenant = stream_config("s", {"a.>"});
    tenant.set_account("tenant");
    running.create(stream_config("s", {"a.>", "b"}));
    running.create(tenant);
    const std::vector<std::string> expected = {"s:a.>@0", "s:b@0", "s:a.>@7"};
    EXPECT_EQ(filters_of(*running.shard().captures()), expected);
    running.restart();
    running.turn();
    EXPECT_EQ(filters_of(*running.shard().captures()), expected);
}

TEST(Capture, EndsWithTheStream) {
    RunningEngine running;
    running.create(stream_config("s", {"a"}));
    ASSERT_TRUE(running.engine().remove("", "s"));
    EXPECT_TRUE(running.shard().captures()->rows.empty());
}

TEST(Capture, FollowsAChange) {
    RunningEngine running;
    running.create(stream_config("s", {"a"}));
    ASSERT_TRUE(running.engine().change(stream_config("s", {"a", "b"}), false));
    EXPECT_EQ(
        filters_of(*running.shard().captures()), (std::vector<std::string>{"s:a@0", "s:b@0"})
    );
}

TEST(Capture, FollowsTheAccounts) {
    RunningEngine running;
    v1::StreamConfig tenant = stream_config("s", {"a"});
    tenant.set_account("tenant");
    running.create(tenant);
    running.engine().use_accounts([](std::string_view) { return access::AccountId{9}; });
    running.turn();
    EXPECT_EQ(filters_of(*running.shard().captures()), (std::vector<std::string>{"s:a@9"}));
}

TEST(Capture, EndsWithTheAccount) {
    RunningEngine running;
    v1::StreamConfig tenant = stream_config("s", {"a"});
    tenant.set_account("tenant");
    running.create(tenant);
    // An unknown account has the number of the default one, whose clients must not read the stream.
    running.engine().use_accounts([](std::string_view) { return std::nullopt; });
    running.turn();
    EXPECT_TRUE(running.shard().captures()->rows.empty());
    v1::GetStreamMessage request;
    request.set_stream("s");
    exchange::StreamStorage::QueryReply reply;
    running.engine().query(
        {"info", request.SerializeAsString(), access::kDefaultAccount, [](auto) { return true; }},
        [&](exchange::StreamStorage::QueryReply answer) { reply = std::move(answer); }
    );
    running.turn();
    EXPECT_EQ(reply.type, "telex.v1.StreamError");
    EXPECT_TRUE(running.engine().info("tenant", "s"));
}

TEST(Capture, OfTheDefaultAccountHasTwoNames) {
    RunningEngine running;
    running.create(stream_config("s", {"a"}));
    v1::StreamConfig named = stream_config("t", {"a"});
    named.set_account("default");
    EXPECT_EQ(running.engine().create(named).error().code, v1::STREAM_OVERLAP);
    EXPECT_TRUE(running.engine().info("default", "s"));
}

TEST(Capture, OfEachShardIsAwaited) {
    RunningEngine running(std::make_shared<store::MemoryStore>(), 2);
    running.turn();
    running.shard(1).hold_captures();
    std::atomic<bool> created = false;
    std::thread thread([&] {
        EXPECT_TRUE(running.engine().create(stream_config("s", {"a"})));
        created = true;
    });
    running.shard(1).await_held_captures();
    running.turn();
    EXPECT_FALSE(created);
    running.shard(1).release_captures();
    thread.join();
    EXPECT_TRUE(created);
}

TEST(Capture, OfARemovedStreamEndsBeforeItsMessages) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    running.shard().hold_captures();
    std::thread thread([&] { EXPECT_TRUE(running.engine().remove("", "s")); });
    running.shard().await_held_captures();
    // The shard still offers: the message is stored.
    EXPECT_EQ(running.shard().publish(running.engine(), stream, message("a")).sequence, 1U);
    running.shard().release_captures();
    thread.join();
    EXPECT_EQ(running.shard().publish(running.engine(), stream, message("a")).code, v1::NO_STREAM);
    EXPECT_EQ(*running.store().block_from(stream, 1), nullptr);
}

}  // namespace
}  // namespace telex::storage
