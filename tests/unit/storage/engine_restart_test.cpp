// Restarts with a store on a disk.
#include "support/temporary_folder.hpp"
#include "unit/storage/running_engine.hpp"
#include "unit/store/opened_store.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace telex::storage {
namespace {

using test::FakeShard;
using test::message;
using test::stream_config;

// An engine with a store in a folder, which each restart opens again.
class DiskEngine {
public:
    DiskEngine() { open(); }

    void restart() {
        engine.reset();
        open();
    }

    test::Answer publish(const v1::Message& message) {
        return shard->publish(*engine, shard->captures()->rows.front().stream, message);
    }

    v1::StreamInfo info() { return *engine->info("", "s"); }

    std::string payload(std::uint64_t sequence) {
        v1::GetStreamMessage request;
        request.set_stream("s");
        request.set_sequence(sequence);
        const v1::StreamMessages reply = engine->get("", request);
        return reply.messages_size() == 1 ? reply.messages(0).message().payload()
                                          : v1::StreamErrorCode_Name(reply.error().code());
    }

    telex::test::TemporaryFolder folder;
    std::unique_ptr<FakeShard> shard;
    std::unique_ptr<Engine> engine;
    double progress = 0;

private:
    void open() {
        EngineOptions options;
        options.seed = ++starts_;  // as each start of the daemon
        engine = std::make_unique<Engine>(
            store::test::open_store(store::test::small_settings(folder.path("store"))), options
        );
        const auto restored = engine->restore([this](double share) { progress = share; });
        EXPECT_TRUE(restored.has_value());
        shard = std::make_unique<FakeShard>();
        engine->start({shard.get()}, [](std::string_view) { return std::nullopt; });
        (void)engine->list();
    }

    std::uint64_t starts_ = 0;
};

TEST(EngineRestart, KeepsMessagesAndSettings) {
    DiskEngine disk;
    v1::StreamConfig config = stream_config("s", {"a.>"});
    config.set_compression(v1::StreamConfig::ZSTD);
    config.set_max_messages(1'000);
    ASSERT_TRUE(disk.engine->create(config));
    const std::string large(2'000, 'x');
    for (int i = 1; i <= 50; ++i) {
        disk.publish(message("a.b", large + std::to_string(i)));
    }
    const v1::StreamInfo before = disk.info();
    disk.restart();
    const v1::StreamInfo after = disk.info();
    EXPECT_EQ(after.config().SerializeAsString(), before.config().SerializeAsString());
    EXPECT_EQ(after.messages(), 50U);
    EXPECT_EQ(after.bytes(), before.bytes());
    EXPECT_EQ(after.created_unix_nanoseconds(), before.created_unix_nanoseconds());
    EXPECT_EQ(after.first_unix_nanoseconds(), before.first_unix_nanoseconds());
    EXPECT_EQ(disk.payload(17), large + "17");
    EXPECT_EQ(disk.publish(message("a.b")).sequence, 51U);
}

TEST(EngineRestart, KeepsIds) {
    DiskEngine disk;
    ASSERT_TRUE(disk.engine->create(stream_config("s", {"a"})));
    disk.publish(message("a", "1", "id-1"));
    disk.publish(message("a", "2", "id-2"));
    ASSERT_TRUE(disk.engine->erase("", "s", 1));
    disk.restart();
    const auto again = disk.publish(message("a", "", "id-1"));
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.sequence, 1U);
    EXPECT_TRUE(disk.publish(message("a", "", "id-2")).duplicate);
    EXPECT_FALSE(disk.publish(message("a", "", "id-3")).duplicate);
}

TEST(EngineRestart, KeepsHoles) {
    DiskEngine disk;
    ASSERT_TRUE(disk.engine->create(stream_config("s", {"a"})));
    const auto stream = disk.shard->captures()->rows.front().stream;
    const auto batch =
        disk.shard->offer(*disk.engine, stream, std::vector<v1::Message>(300, message("a", "p")));
    disk.shard->committed(batch);
    for (const std::uint64_t sequence : {2U, 255U, 256U, 257U, 299U}) {
        ASSERT_TRUE(disk.engine->erase("", "s", sequence));
    }
    for (int round = 0; round < 2; ++round) {
        disk.restart();
        EXPECT_EQ(disk.info().messages(), 295U);
        EXPECT_EQ(disk.payload(255), "MESSAGE_NOT_FOUND");
        EXPECT_EQ(disk.payload(257), "MESSAGE_NOT_FOUND");
        EXPECT_EQ(disk.payload(258), "p");
    }
}

TEST(EngineRestart, NeverUsesASequenceAgain) {
    DiskEngine disk;
    ASSERT_TRUE(disk.engine->create(stream_config("s", {"a"})));
    disk.publish(message("a"));
    disk.publish(message("a"));
    ASSERT_TRUE(disk.engine->erase("", "s", 2));
    disk.restart();
    EXPECT_EQ(disk.publish(message("a")).sequence, 3U);
    ASSERT_TRUE(disk.engine->purge("", "s", {}));
    disk.restart();
    EXPECT_EQ(disk.publish(message("a")).sequence, 4U);
}

TEST(EngineRestart, KeepsConditions) {
    DiskEngine disk;
    ASSERT_TRUE(disk.engine->create(stream_config("s", {"a.*"})));
    disk.publish(message("a.x"));
    disk.publish(message("a.y"));
    disk.restart();
    v1::Message sent = message("a.x");
    sent.set_expected_subject_sequence(2);
    const auto refused = disk.publish(sent);
    EXPECT_EQ(refused.code, v1::WRONG_SEQUENCE);
    EXPECT_EQ(refused.sequence, 1U);
}

TEST(EngineRestart, NamesDamagedMessages) {
    const auto below = std::make_shared<store::MemoryStore>();
    test::RunningEngine running(below);
    const auto stream = running.create(stream_config("s", {"a"}));
    running.shard().publish(running.engine(), stream, message("a"));
    running.shard().publish(running.engine(), stream, message("a"));
    running.engine().stop();
    const auto gate = std::make_shared<test::StoreGate>();
    gate->damage(1);
    Engine engine(std::make_unique<test::GatedStore>(below, gate), {});
    const auto restored = engine.restore();
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, v1::STREAM_DAMAGED);
    EXPECT_EQ(restored.error().text, "stream 's': record 1 is damaged");
}

TEST(EngineRestart, NamesDamagedMetadata) {
    const auto below = std::make_shared<store::MemoryStore>();
    store::Commit commit;
    commit.streams.push_back({3, "broken", "\x0a\x7f"});
    ASSERT_TRUE(below->commit(commit, store::Durability::synced));
    Engine engine(
        std::make_unique<test::GatedStore>(below, std::make_shared<test::StoreGate>()), {}
    );
    const auto restored = engine.restore();
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, v1::STREAM_DAMAGED);
    EXPECT_NE(restored.error().text.find("broken"), std::string::npos);
}

}  // namespace
}  // namespace telex::storage
