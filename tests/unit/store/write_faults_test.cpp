// A full disk and I/O errors at every write of a scripted run. Nothing depends on time: a write
// that waits for room asks the test, and gets room at once.
#include "unit/store/faulty_file_system.hpp"
#include "unit/store/opened_store.hpp"
#include "unit/store/store_script.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

// RocksDB leaks the new write buffer if it cannot create a new log: the store is failed then, so
// the leak happens once.
extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
    return "leak:rocksdb::DBImpl::SwitchMemtable";
}

namespace telex::store {
namespace {

using test::StoreScript;
using test::WriteFault;

constexpr std::uint64_t kRunCommits = 8;

class WriteFaults : public testing::Test {
protected:
    RocksSettings settings(const std::string& name) {
        auto settings = test::small_settings(folder_.path(name));
        settings.file_system = files_;
        return settings;
    }

    // Commits until one fails; returns the last acknowledged one. A copy in the middle flushes
    // everything to files.
    std::uint64_t run(Store& store, const std::string& name) {
        for (std::uint64_t number = 1; number <= kRunCommits; ++number) {
            // Not held if there is no room: as far as the store knows, a copy is on another disk.
            if (number == kRunCommits / 2) {
                copied_ = store.checkpoint(folder_.path(name + "-copy")).has_value();
            }
            if (!store.commit(script_.commit(number), Durability::synced)) {
                return number - 1;
            }
        }
        return kRunCommits;
    }

    // The writes of a run without a fault.
    std::uint64_t count_writes() {
        const auto store = test::open_store(settings("count"));
        const std::uint64_t before = files_->writes();
        EXPECT_EQ(run(*store, "count"), kRunCommits);
        EXPECT_TRUE(copied_);
        EXPECT_TRUE(test::has_tables(folder_.path("count")));
        return files_->writes() - before;
    }

    telex::test::TemporaryFolder folder_;
    StoreScript script_{40};
    bool copied_ = false;
    std::shared_ptr<test::FaultyFileSystem> files_ = std::make_shared<test::FaultyFileSystem>();
};

TEST_F(WriteFaults, FullDiskHoldsEachWriteUntilThereIsRoom) {
    const std::uint64_t writes = count_writes();
    ASSERT_GT(writes, kRunCommits * 2);
    for (std::uint64_t k = 0; k < writes; ++k) {
        const std::string name = "full" + std::to_string(k);
        auto with_wait = settings(name);
        std::atomic<int> waits{0};
        Store* seen = nullptr;
        with_wait.wait_for_room = [&] {
            EXPECT_EQ(seen->state(), StoreState::full);
            if (++waits % 3 == 0) {
                files_->heal();
            }
            return true;
        };
        auto store = test::open_store(std::move(with_wait));
        ASSERT_NE(store, nullptr);
        seen = store.get();
        files_->fail_from(k, WriteFault::no_space);
        EXPECT_EQ(run(*store, name), kRunCommits) << "write " << k << ": " << store->state_reason();
        files_->heal();
        EXPECT_EQ(store->state(), StoreState::ok) << "write " << k;
        EXPECT_EQ(script_.difference(*store, kRunCommits), "") << "write " << k;
        store.reset();
        store = test::open_store(settings(name));
        ASSERT_NE(store, nullptr);
        EXPECT_EQ(script_.difference(*store, kRunCommits), "") << "write " << k;
    }
}

TEST_F(WriteFaults, IoErrorStopsWritesAndLosesNothingAcknowledged) {
    const std::uint64_t writes = count_writes();
    for (std::uint64_t k = 0; k < writes; ++k) {
        const std::string name = "io" + std::to_string(k);
        auto store = test::open_store(settings(name));
        ASSERT_NE(store, nullptr);
        files_->fail_from(k, WriteFault::io_error);
        const std::uint64_t acknowledged = run(*store, name);
        // The fault may hit a flush that ends after the last commit.
        if (acknowledged < kRunCommits) {
            EXPECT_EQ(store->state(), StoreState::failed) << "write " << k;
            EXPECT_NE(store->state_reason(), "");
            const auto again = store->commit(script_.commit(1), Durability::synced);
            ASSERT_FALSE(again.has_value());
            EXPECT_EQ(again.error().fault, StoreFault::failed);
            EXPECT_TRUE(store->block_from(1, 1).has_value()) << "reads go on";
        }
        store.reset();
        files_->heal();
        store = test::open_store(settings(name));
        ASSERT_NE(store, nullptr) << "write " << k;
        // The commit that failed may be there: its outcome is unknown.
        const auto number = StoreScript::last_commit(*store);
        ASSERT_TRUE(number.has_value());
        EXPECT_GE(*number, acknowledged) << "write " << k;
        EXPECT_LE(*number, acknowledged + 1) << "write " << k;
        EXPECT_EQ(script_.difference(*store, *number), "") << "write " << k;
    }
}

}  // namespace
}  // namespace telex::store
