#pragma once
// An engine over a store that outlives it, with shards and clocks of the test.
#include "storage/engine.hpp"
#include "store/memory_store.hpp"
#include "unit/storage/fake_shard.hpp"
#include "unit/storage/gated_store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace telex::storage::test {

// Both clocks: they go on by advance() only.
class TestClock {
public:
    void advance(std::chrono::nanoseconds time) { passed_ += time.count(); }

    streams::Time wall() const {
        return streams::Time(std::chrono::hours(500'000) + streams::Duration(passed_.load()));
    }

    TimePoint steady() const {
        return TimePoint(std::chrono::hours(1) + streams::Duration(passed_.load()));
    }

private:
    std::atomic<std::int64_t> passed_{0};
};

inline v1::StreamConfig stream_config(std::string name, const std::vector<std::string>& subjects) {
    v1::StreamConfig config;
    config.set_name(std::move(name));
    for (const std::string& subject : subjects) {
        config.add_subjects(subject);
    }
    return config;
}

class RunningEngine {
public:
    explicit RunningEngine(
        std::shared_ptr<store::Store> below = std::make_shared<store::MemoryStore>(),
        std::uint16_t shard_count = 1
    )
        : below_(std::move(below)) {
        for (std::uint16_t i = 0; i < shard_count; ++i) {
            shards_.push_back(std::make_unique<FakeShard>(i));
        }
        options.seed = 42;
        options.wall_clock = [this] { return clock.wall(); };
        options.steady_clock = [this] { return clock.steady(); };
        restart();
    }

    // Ends the engine, and starts another one with the same store. The shards are new.
    void restart() {
        engine_.reset();
        for (auto& shard : shards_) {
            shard =
                std::make_unique<FakeShard>(static_cast<std::uint16_t>(&shard - shards_.data()));
        }
        engine_ = std::make_unique<Engine>(std::make_unique<GatedStore>(below_, gate), options);
        const auto restored = engine_->restore();
        EXPECT_TRUE(restored.has_value()) << (restored ? "" : restored.error().text);
        engine_->use_member_shards(member_shards);
        std::vector<exchange::OfferSource*> sources;
        for (const auto& shard : shards_) {
            sources.push_back(shard.get());
        }
        engine_->start(sources, [](std::string_view name) {
            return name == "tenant" ? std::optional(access::AccountId{7}) : std::nullopt;
        });
        turn();  // the shards get their tables in the first one
    }

    // Creates a stream and returns its number.
    exchange::StreamNumber create(const v1::StreamConfig& config) {
        const auto created = engine_->create(config);
        EXPECT_TRUE(created.has_value()) << (created ? "" : created.error().text);
        return number_of(config.name());
    }

    exchange::StreamNumber number_of(const std::string& name) {
        for (const auto& row : shard().captures()->rows) {
            if (row.name == name) {
                return row.stream;
            }
        }
        return 0;
    }

    v1::StreamInfo info(const std::string& name, const std::string& account = {}) {
        const auto found = engine_->info(account, name);
        EXPECT_TRUE(found.has_value()) << (found ? "" : found.error().text);
        return found ? *found : v1::StreamInfo();
    }

    // The payload of a message, or the name of the error.
    std::string payload(const std::string& stream, std::uint64_t sequence) {
        v1::GetStreamMessage request;
        request.set_stream(stream);
        request.set_sequence(sequence);
        const v1::StreamMessages reply = engine_->get("", request);
        return reply.messages_size() == 1 ? reply.messages(0).message().payload()
                                          : v1::StreamErrorCode_Name(reply.error().code());
    }

    // Runs a turn of the storage thread, in which it reads the clocks.
    void turn() { (void)engine_->list(); }

    Engine& engine() { return *engine_; }

    store::Store& store() { return *below_; }

    FakeShard& shard(std::size_t index = 0) { return *shards_[index]; }

    const std::shared_ptr<StoreGate> gate = std::make_shared<StoreGate>();
    TestClock clock;
    EngineOptions options;
    std::vector<exchange::MemberSource*> member_shards;  // from the next start on

private:
    std::shared_ptr<store::Store> below_;
    std::vector<std::unique_ptr<FakeShard>> shards_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace telex::storage::test
