// The reserve of the disk, and the ballast.
#include "store/ballast.hpp"
#include "store/disk_space.hpp"
#include "unit/store/opened_store.hpp"
#include "unit/store/store_script.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace telex::store {
namespace {

using test::StoreScript;

constexpr std::uint64_t kMiB = 1024 * 1024;

class DiskFull : public testing::Test {
protected:
    DiskFull() {
        settings_.reserve_bytes = 100 * kMiB;
        settings_.clock = [this] { return now_; };
        settings_.free_bytes = [this] {
            ++asked_;
            return free_;
        };
    }

    [[nodiscard]] Expected<void> commit(Store& store, std::uint64_t number) {
        return store.commit(script_.commit(number), Durability::synced);
    }

    telex::test::TemporaryFolder folder_;
    RocksSettings settings_ = test::small_settings(folder_.path("store"));
    StoreScript script_{4};
    TimePoint now_{std::chrono::hours(1)};
    std::uint64_t free_ = 200 * kMiB;
    int asked_ = 0;
};

TEST_F(DiskFull, ReserveStopsCommitsAndTheyComeBack) {
    const auto store = test::open_store(settings_);
    ASSERT_TRUE(commit(*store, 1).has_value());
    EXPECT_EQ(store->state(), StoreState::ok);
    free_ = 99 * kMiB;
    now_ += std::chrono::seconds(1);
    const auto refused = commit(*store, 2);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().fault, StoreFault::full);
    EXPECT_NE(refused.error().text.find("make room"), std::string::npos);
    EXPECT_EQ(store->state(), StoreState::full);
    EXPECT_NE(store->state_reason(), "");
    EXPECT_EQ(script_.difference(*store, 1), "") << "reads go on, and nothing was written";

    free_ = 101 * kMiB;
    now_ += std::chrono::seconds(1);
    EXPECT_FALSE(commit(*store, 2).has_value()) << "a margin keeps the state from flapping";
    free_ = 107 * kMiB;
    EXPECT_FALSE(commit(*store, 2).has_value()) << "asks once a second";
    now_ += std::chrono::seconds(1);
    EXPECT_TRUE(commit(*store, 2).has_value());
    EXPECT_EQ(store->state(), StoreState::ok);
}

TEST_F(DiskFull, SmallWritesGoOnInTheReserve) {
    const auto store = test::open_store(settings_);
    ASSERT_TRUE(commit(*store, 1).has_value());
    free_ = 30 * kMiB;
    now_ += std::chrono::seconds(1);
    Commit cursor;
    cursor.cursors = {{1, 7, "moved"}};
    EXPECT_TRUE(store->commit(cursor, Durability::synced).has_value());
    EXPECT_TRUE(store->release_before(1, 2).has_value());
    EXPECT_TRUE(store->remove_stream(3).has_value());
    free_ = 20 * kMiB;
    now_ += std::chrono::seconds(1);
    const auto refused = store->commit(cursor, Durability::synced);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().fault, StoreFault::full);
}

TEST_F(DiskFull, WrittenBytesCountBeforeTheDiskIsAskedAgain) {
    free_ = 100 * kMiB + 64 * 1024;
    const auto store = test::open_store(settings_);
    Commit large;
    const std::string body(40'000, 'x');
    const std::vector<Record> records = {{.sequence = 1, .body = body}};
    ASSERT_TRUE(BlockBuilder().add_blocks(9, records, Compression::none, large.blocks).has_value());
    const int asked = asked_;
    EXPECT_TRUE(store->commit(large, Durability::synced).has_value());
    EXPECT_FALSE(store->commit(large, Durability::synced).has_value());
    EXPECT_EQ(asked_, asked + 1);
}

TEST_F(DiskFull, NoRoomToOpenIsRefused) {
    free_ = kMiB;
    const auto store = open_rocks_store(settings_);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().fault, StoreFault::full);
    EXPECT_NE(store.error().text.find("make room"), std::string::npos);
}

TEST_F(DiskFull, BallastIsGivenUpToOpenAndToWrite) {
    settings_.ballast_bytes = 8192;
    const std::string ballast = folder_.path("store/ballast");
    auto files = std::make_shared<test::FaultyFileSystem>();
    settings_.file_system = files;
    settings_.wait_for_room = [&] {
        EXPECT_FALSE(std::filesystem::exists(ballast));
        files->heal();
        return true;
    };
    {
        const auto store = test::open_store(settings_);
        ASSERT_TRUE(commit(*store, 1).has_value());
        EXPECT_EQ(std::filesystem::file_size(ballast), 8192U);
        files->fail_from(0, test::WriteFault::no_space);
        ASSERT_TRUE(commit(*store, 2).has_value());
        EXPECT_EQ(store->figures().holds, 1U);
        now_ += std::chrono::seconds(1);
        ASSERT_TRUE(commit(*store, 3).has_value());
        EXPECT_TRUE(std::filesystem::exists(ballast)) << "it is filled again";
    }
    settings_.free_bytes = [&] { return std::filesystem::exists(ballast) ? kMiB : 8 * kMiB; };
    const auto store = test::open_store(settings_);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(script_.difference(*store, 3), "");
}

TEST_F(DiskFull, WriteThatWaitsEndsWhenTheStoreGivesUp) {
    const auto files = std::make_shared<test::FaultyFileSystem>();
    settings_.file_system = files;
    Store* seen = nullptr;
    settings_.wait_for_room = [&] {
        seen->give_up();
        return true;
    };
    const auto store = test::open_store(settings_);
    seen = store.get();
    ASSERT_TRUE(commit(*store, 1).has_value());
    files->fail_from(0, test::WriteFault::no_space);
    const auto failed = commit(*store, 2);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().fault, StoreFault::failed);
    EXPECT_EQ(store->state(), StoreState::failed);
    EXPECT_TRUE(store->block_from(1, 1).has_value());
}

}  // namespace
}  // namespace telex::store
