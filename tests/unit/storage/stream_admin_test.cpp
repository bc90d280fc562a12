// Creation, changes and removal of streams and messages; the streams of the configuration.
#include "storage/stream_config.hpp"
#include "unit/storage/running_engine.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::storage {
namespace {

using test::message;
using test::RunningEngine;
using test::stream_config;

template <class T>
v1::StreamErrorCode code_of(const StreamResult<T>& result) {
    return result ? v1::STREAM_ERROR_UNSPECIFIED : result.error().code;
}

ConfiguredStream configured(const v1::StreamConfig& config) {
    return {config.account(), *options_of(config)};
}

void publish(RunningEngine& running, exchange::StreamNumber stream, const std::string& subject) {
    running.shard().publish(running.engine(), stream, message(subject));
}

TEST(Create, OfTheSameStreamSucceedsAgain) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    EXPECT_EQ(running.create(stream_config("s", {"a"})), stream);
    EXPECT_EQ(code_of(running.engine().create(stream_config("s", {"b"}))), v1::STREAM_EXISTS);
}

TEST(Create, OfAnOverlapIsRefused) {
    RunningEngine running;
    running.create(stream_config("s", {"a.*"}));
    const auto refused = running.engine().create(stream_config("t", {"*.b"}));
    // '*.b' also includes subjects of the exchange, so another filter names the overlap.
    EXPECT_EQ(code_of(refused), v1::STREAM_BAD_CONFIG);
    EXPECT_EQ(code_of(running.engine().create(stream_config("t", {"a.b"}))), v1::STREAM_OVERLAP);
    v1::StreamConfig tenant = stream_config("t", {"a.b"});
    tenant.set_account("tenant");
    EXPECT_TRUE(running.engine().create(tenant));
}

TEST(Create, BeyondTheLimitIsRefused) {
    RunningEngine running;
    running.options.max_streams = 1;
    running.restart();
    running.create(stream_config("s", {"a"}));
    EXPECT_EQ(code_of(running.engine().create(stream_config("t", {"b"}))), v1::STREAM_BAD_CONFIG);
}

TEST(Create, NeverUsesANumberAgain) {
    RunningEngine running;
    const auto first = running.create(stream_config("s", {"a"}));
    ASSERT_TRUE(running.engine().remove("", "s"));
    running.restart();
    EXPECT_GT(running.create(stream_config("s", {"a"})), first);
}

TEST(Change, AppliesAtOnce) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    for (int i = 0; i < 3; ++i) {
        publish(running, stream, "a");
    }
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_max_messages(2);
    EXPECT_EQ(code_of(running.engine().change(config, false)), v1::STREAM_LOSES_DATA);
    const auto changed = running.engine().change(config, true);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->messages(), 2U);
    running.restart();
    EXPECT_EQ(running.info("s").config().max_messages(), 2U);
    EXPECT_EQ(running.info("s").messages(), 2U);
}

TEST(Change, ThatNeedsAnotherIndexReadsTheStore) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a.*"}));
    for (const std::string subject : {"a.x", "a.y", "a.x", "a.x"}) {
        publish(running, stream, subject);
    }
    v1::StreamConfig config = stream_config("s", {"a.*"});
    config.set_max_per_subject(2);
    ASSERT_TRUE(running.engine().change(config, true));
    EXPECT_EQ(running.info("s").messages(), 3U);
    EXPECT_EQ(running.payload("s", 1), "MESSAGE_NOT_FOUND");
    EXPECT_EQ(running.payload("s", 2), "x");
}

TEST(Change, OfAnUnknownStreamIsRefused) {
    RunningEngine running;
    EXPECT_EQ(
        code_of(running.engine().change(stream_config("s", {"a"}), true)), v1::STREAM_NOT_FOUND
    );
}

TEST(Remove, DeletesAll) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    publish(running, stream, "a");
    ASSERT_TRUE(running.engine().remove("", "s"));
    EXPECT_EQ(code_of(running.engine().remove("", "s")), v1::STREAM_NOT_FOUND);
    EXPECT_EQ(code_of(running.engine().info("", "s")), v1::STREAM_NOT_FOUND);
    EXPECT_EQ(*running.store().block_from(stream, 1), nullptr);
    running.restart();
    EXPECT_TRUE(running.engine().list()->empty());
}

TEST(List, IsInTheOrderOfNames) {
    RunningEngine running;
    running.create(stream_config("b", {"b"}));
    running.create(stream_config("a", {"a"}));
    const auto all = running.engine().list();
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 2U);
    EXPECT_EQ(all->front().config().name(), "a");
}

TEST(Purge, RemovesTheOldest) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a.*"}));
    for (int i = 0; i < 5; ++i) {
        publish(running, stream, "a.x");
    }
    EXPECT_EQ(running.engine().purge("", "s", {.filter = {}, .before = 3}), 2U);
    EXPECT_EQ(running.engine().purge("", "s", {.filter = {}, .keep = 1}), 2U);
    EXPECT_EQ(running.info("s").first_sequence(), 5U);
    EXPECT_EQ(running.engine().purge("", "s", {}), 1U);
    running.restart();
    EXPECT_EQ(running.info("s").messages(), 0U);
    EXPECT_EQ(running.info("s").last_sequence(), 5U);
    publish(running, stream, "a.x");
    EXPECT_EQ(running.info("s").last_sequence(), 6U);
}

TEST(Purge, ByFilterSearchesTheStore) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a.*"}));
    for (const std::string subject : {"a.x", "a.y", "a.x", "a.y", "a.x"}) {
        publish(running, stream, subject);
    }
    EXPECT_EQ(running.engine().purge("", "s", {.filter = "a.x", .keep = 1}), 2U);
    EXPECT_EQ(running.info("s").messages(), 3U);
    running.restart();
    EXPECT_EQ(running.payload("s", 1), "MESSAGE_NOT_FOUND");
    EXPECT_EQ(running.payload("s", 3), "MESSAGE_NOT_FOUND");
    EXPECT_EQ(running.payload("s", 5), "x");
}

TEST(Purge, IsDenied) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_deny_purge(true);
    running.create(config);
    EXPECT_EQ(code_of(running.engine().purge("", "s", {})), v1::STREAM_DENIED);
}

TEST(Erase, RemovesOneMessage) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    for (int i = 0; i < 3; ++i) {
        publish(running, stream, "a");
    }
    EXPECT_TRUE(running.engine().erase("", "s", 2));
    EXPECT_EQ(code_of(running.engine().erase("", "s", 2)), v1::MESSAGE_NOT_FOUND);
    EXPECT_EQ(code_of(running.engine().erase("", "s", 9)), v1::MESSAGE_NOT_FOUND);
    EXPECT_EQ(running.info("s").messages(), 2U);
    running.restart();
    EXPECT_EQ(running.payload("s", 2), "MESSAGE_NOT_FOUND");
    EXPECT_EQ(running.info("s").messages(), 2U);
}

TEST(Erase, IsDenied) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_deny_erase(true);
    const auto stream = running.create(config);
    publish(running, stream, "a");
    EXPECT_EQ(code_of(running.engine().erase("", "s", 1)), v1::STREAM_DENIED);
}

TEST(Configure, CreatesAndChanges) {
    RunningEngine running;
    running.create(stream_config("old", {"o"}));
    v1::StreamConfig changed = stream_config("old", {"o", "p"});
    ASSERT_TRUE(running.engine().configure(
        {configured(changed), configured(stream_config("new", {"n"}))}, false, false
    ));
    EXPECT_TRUE(running.info("old").configured());
    EXPECT_TRUE(running.info("new").configured());
    EXPECT_EQ(running.info("old").config().subjects_size(), 2);
    EXPECT_EQ(running.shard().captures()->rows.size(), 3U);
    EXPECT_EQ(code_of(running.engine().remove("", "new")), v1::STREAM_CONFIGURED);
    EXPECT_EQ(
        code_of(running.engine().change(stream_config("new", {"m"}), true)), v1::STREAM_CONFIGURED
    );
    ASSERT_TRUE(running.engine().configure({configured(changed)}, false, false));
    running.restart();
    EXPECT_FALSE(running.info("new").configured());
    EXPECT_TRUE(running.info("old").configured());
    EXPECT_TRUE(running.engine().remove("", "new"));
}

TEST(Configure, IsAllOrNothing) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    publish(running, stream, "a");
    publish(running, stream, "a");
    v1::StreamConfig smaller = stream_config("s", {"a"});
    smaller.set_max_messages(1);
    const std::vector<ConfiguredStream> wanted = {
        configured(smaller),
        configured(stream_config("t", {"b"})),
        configured(stream_config("u", {"b"}))
    };
    const auto faults = running.engine().configure(wanted, false, false);
    ASSERT_FALSE(faults);
    ASSERT_EQ(faults.error().size(), 3U);
    EXPECT_EQ(faults.error()[0].code, v1::STREAM_LOSES_DATA);
    EXPECT_EQ(faults.error()[1].code, v1::STREAM_OVERLAP);
    EXPECT_EQ(faults.error()[2].code, v1::STREAM_OVERLAP);
    EXPECT_EQ(running.engine().list()->size(), 1U);
    EXPECT_TRUE(running.engine().configure({wanted[0], wanted[1]}, true, true));
    EXPECT_EQ(running.engine().list()->size(), 1U);
    EXPECT_TRUE(running.engine().configure({wanted[0], wanted[1]}, true, false));
    EXPECT_EQ(running.info("s").messages(), 1U);
}

TEST(Configure, MovesASubjectFromOneStreamToAnother) {
    RunningEngine running;
    running.create(stream_config("s", {"a", "b"}));
    EXPECT_TRUE(running.engine().configure(
        {configured(stream_config("s", {"a"})), configured(stream_config("t", {"b"}))}, false, false
    ));
}

TEST(Configure, WorksBeforeTheStart) {
    EngineOptions options;
    Engine engine(std::make_unique<store::MemoryStore>(), options);
    ASSERT_TRUE(engine.restore());
    ASSERT_TRUE(engine.configure({configured(stream_config("s", {"a"}))}, false, false));
    EXPECT_TRUE(engine.create(stream_config("t", {"b"})));
    test::FakeShard shard;
    engine.start({&shard}, [](std::string_view) { return std::nullopt; });
    EXPECT_EQ(engine.list()->size(), 2U);
    ASSERT_EQ(shard.captures()->rows.size(), 2U);
    const auto stream = shard.captures()->rows.front().stream;
    EXPECT_EQ(shard.publish(engine, stream, message("a")).sequence, 1U);
    engine.stop();
    EXPECT_EQ(code_of(engine.info("", "s")), v1::STORAGE_BUSY);
}

}  // namespace
}  // namespace telex::storage
