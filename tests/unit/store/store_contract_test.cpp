// The contract of Store, for each implementation.
#include "unit/store/opened_store.hpp"
#include "unit/store/store_script.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace telex::store {
namespace {

using test::blocks_of;

enum class Kind { memory, rocks };

class StoreContract : public testing::TestWithParam<Kind> {
protected:
    StoreContract() {
        const auto note = [this](const CommitReport& report) { reports_.push_back(report); };
        if (GetParam() == Kind::memory) {
            store_ = std::make_unique<MemoryStore>(note);
        } else {
            auto settings = test::small_settings(folder_.path("store"));
            settings.on_commit = note;
            store_ = test::open_store(std::move(settings));
        }
    }

    void add(StreamId stream, Sequence first, std::uint64_t count) {
        Commit commit;
        commit.blocks = blocks_of(stream, first, count, Compression::none);
        ASSERT_TRUE(store_->commit(commit, Durability::synced).has_value());
    }

    // The base of the block; 0: none.
    Sequence base_from(StreamId stream, Sequence sequence) const {
        const auto block = store_->block_from(stream, sequence);
        EXPECT_TRUE(block.has_value());
        return block && *block ? (*block)->base() : 0;
    }

    Sequence base_before(StreamId stream, Sequence sequence) const {
        const auto block = store_->block_before(stream, sequence);
        EXPECT_TRUE(block.has_value());
        return block && *block ? (*block)->base() : 0;
    }

    telex::test::TemporaryFolder folder_;
    std::vector<CommitReport> reports_;
    std::unique_ptr<Store> store_;
};

TEST_P(StoreContract, FindsBlocksBySequence) {
    add(1, 1, 10);
    add(1, 11, 10);
    add(1, 31, 10);
    add(2, 5, 1);
    EXPECT_EQ(base_from(1, 1), 1U);
    EXPECT_EQ(base_from(1, 10), 1U);
    EXPECT_EQ(base_from(1, 11), 11U);
    EXPECT_EQ(base_from(1, 20), 11U);
    EXPECT_EQ(base_from(1, 21), 31U);
    EXPECT_EQ(base_from(1, 41), 0U);
    EXPECT_EQ(base_from(2, 1), 5U);
    EXPECT_EQ(base_from(3, 1), 0U);
    EXPECT_EQ(base_before(1, 100), 31U);
    EXPECT_EQ(base_before(1, 30), 11U);
    EXPECT_EQ(base_before(1, 5), 1U);
    EXPECT_EQ(base_before(2, 4), 0U);
    EXPECT_EQ(base_before(2, UINT64_MAX), 5U);
    EXPECT_EQ(base_before(3, 100), 0U);
}

TEST_P(StoreContract, ReaderGoesThroughAllBlocksAndOn) {
    add(1, 1, 1000);
    add(2, 1, 3);
    const auto reader = store_->reader(1);
    Sequence next = 1;
    for (;;) {
        const auto block = reader->next();
        ASSERT_TRUE(block.has_value());
        if (*block == nullptr) {
            break;
        }
        EXPECT_EQ((*block)->base(), next);
        next = (*block)->last() + 1;
    }
    EXPECT_EQ(next, 1001U);
    add(1, 1001, 5);
    auto block = reader->next();
    ASSERT_TRUE(block.has_value() && *block != nullptr);
    EXPECT_EQ((*block)->base(), 1001U);
    reader->seek(700);
    block = reader->next();
    ASSERT_TRUE(block.has_value() && *block != nullptr);
    EXPECT_LE((*block)->base(), 700U);
    EXPECT_GE((*block)->last(), 700U);
}

TEST_P(StoreContract, BlockOutlivesItsRemoval) {
    add(1, 1, 10);
    const auto block = store_->block_from(1, 1);
    ASSERT_TRUE(block.has_value());
    ASSERT_TRUE(store_->remove_stream(1).has_value());
    EXPECT_EQ((*block)->record(9), test::OwnedRecord(1, 10).view());
}

TEST_P(StoreContract, RemovesABlockAndReplacesOne) {
    add(1, 1, 10);
    add(1, 11, 10);
    const std::vector<test::OwnedRecord> left = {{1, 13}, {1, 17}};
    const std::vector<Record> records = {left[0].view(), left[1].view()};
    const auto smaller = BlockBuilder().replace_block(1, 11, records, Compression::none);
    ASSERT_TRUE(smaller.has_value());
    Commit commit;
    commit.removed_blocks = {{1, 1}};
    commit.blocks = {*smaller};
    ASSERT_TRUE(store_->commit(commit, Durability::buffered).has_value());
    EXPECT_EQ(base_from(1, 1), 11U);
    EXPECT_EQ(base_from(1, 18), 0U);
    const auto block = store_->block_from(1, 13);
    ASSERT_TRUE(block.has_value());
    EXPECT_EQ((*block)->record(1), left[1].view());
}

TEST_P(StoreContract, ListsMetadataCursorsAndHoles) {
    Commit commit;
    commit.streams = {{2, "two", std::string("a\0b", 3)}, {1, "one", ""}};
    commit.cursors = {{1, 9, "nine"}, {1, 3, "three"}, {2, 3, "other"}};
    commit.holes = {{1, 20, "bits"}, {1, 10, "more"}, {2, 10, "x"}};
    ASSERT_TRUE(store_->commit(commit, Durability::synced).has_value());
    const auto streams = store_->streams();
    ASSERT_TRUE(streams.has_value());
    ASSERT_EQ(streams->size(), 2U);
    EXPECT_EQ(streams->at(0).name, "one");
    EXPECT_EQ(streams->at(1).stream, 2U);
    EXPECT_EQ(streams->at(1).bytes, std::string("a\0b", 3));
    const auto cursors = store_->cursors(1);
    ASSERT_TRUE(cursors.has_value());
    ASSERT_EQ(cursors->size(), 2U);
    EXPECT_EQ(cursors->at(0).consumer, 3U);
    EXPECT_EQ(cursors->at(1).bytes, "nine");
    const auto holes = store_->holes(1);
    ASSERT_TRUE(holes.has_value());
    ASSERT_EQ(holes->size(), 2U);
    EXPECT_EQ(holes->at(0).base, 10U);
    EXPECT_EQ(holes->at(1).bitmap, "bits");

    Commit removal;
    removal.removed_cursors = {{1, 9}};
    removal.removed_holes = {{1, 10}};
    removal.cursors = {{1, 3, "changed"}};
    ASSERT_TRUE(store_->commit(removal, Durability::synced).has_value());
    EXPECT_EQ(store_->cursors(1)->size(), 1U);
    EXPECT_EQ(store_->cursors(1)->front().bytes, "changed");
    EXPECT_EQ(store_->holes(1)->size(), 1U);
}

TEST_P(StoreContract, ReleaseKeepsTheBlockWithTheSequence) {
    for (Sequence first = 1; first < 101; first += 10) {
        add(1, first, 10);
        add(2, first, 10);
    }
    Commit commit;
    commit.holes = {{1, 11, "a"}, {1, 41, "b"}, {2, 11, "c"}};
    ASSERT_TRUE(store_->commit(commit, Durability::synced).has_value());
    ASSERT_TRUE(store_->release_before(1, 45).has_value());
    EXPECT_EQ(base_from(1, 1), 41U);
    EXPECT_EQ(base_from(2, 1), 1U);
    EXPECT_EQ(store_->holes(1)->size(), 1U);
    EXPECT_EQ(store_->holes(2)->size(), 1U);
    ASSERT_TRUE(store_->release_before(1, 51).has_value());
    EXPECT_EQ(base_from(1, 1), 51U);
    ASSERT_TRUE(store_->release_before(1, 1000).has_value());
    EXPECT_EQ(base_from(1, 1), 0U);
    EXPECT_EQ(store_->holes(1)->size(), 0U);
    add(1, 1000, 10);
    EXPECT_EQ(base_from(1, 1), 1000U);
}

TEST_P(StoreContract, RemovesAStreamCompletely) {
    for (const StreamId stream : {StreamId{1}, StreamId{2}, StreamId{UINT32_MAX}}) {
        add(stream, 1, 300);
        Commit commit;
        commit.streams = {{stream, "s", "x"}};
        commit.cursors = {{stream, UINT32_MAX, "x"}};
        commit.holes = {{stream, 1, "x"}};
        ASSERT_TRUE(store_->commit(commit, Durability::synced).has_value());
    }
    for (const StreamId stream : {StreamId{1}, StreamId{UINT32_MAX}}) {
        ASSERT_TRUE(store_->remove_stream(stream).has_value());
        EXPECT_EQ(base_from(stream, 1), 0U);
        EXPECT_TRUE(store_->cursors(stream)->empty());
        EXPECT_TRUE(store_->holes(stream)->empty());
    }
    EXPECT_EQ(store_->streams()->size(), 1U);
    EXPECT_EQ(base_from(2, 1), 1U);
    EXPECT_EQ(store_->cursors(2)->size(), 1U);
}

TEST_P(StoreContract, ReportsEachCommit) {
    add(1, 1, 300);
    ASSERT_EQ(reports_.size(), 1U);
    EXPECT_TRUE(reports_[0].ok);
    EXPECT_EQ(reports_[0].durability, Durability::synced);
    EXPECT_EQ(reports_[0].records, 300U);
    EXPECT_EQ(reports_[0].blocks, 2U);
    EXPECT_GT(reports_[0].record_bytes, 300U * 12);
    EXPECT_GE(reports_[0].written_bytes, reports_[0].record_bytes);
    EXPECT_GE(reports_[0].total, reports_[0].sync_time);
    if (GetParam() == Kind::rocks) {
        EXPECT_GT(reports_[0].sync_time.count(), 0);
        ASSERT_TRUE(store_->commit({}, Durability::buffered).has_value());
        EXPECT_EQ(reports_[1].sync_time.count(), 0);
    }
    EXPECT_GT(store_->figures().disk_bytes, reports_[0].record_bytes);
    EXPECT_EQ(store_->figures().commits, reports_.size());
}

TEST_P(StoreContract, VerifiesAllAndStops) {
    add(1, 1, 600);
    add(2, 1, 10);
    std::uint64_t calls = 0;
    std::atomic<bool> stop{false};
    VerifyHooks hooks;
    hooks.progress = [&](const VerifyProgress&) { ++calls; };
    hooks.damage = [](const StoreError& error) { ADD_FAILURE() << error.text; };
    hooks.stop = &stop;
    const auto progress = store_->verify(hooks);
    ASSERT_TRUE(progress.has_value());
    EXPECT_EQ(progress->records, 610U);
    EXPECT_EQ(progress->blocks, 4U);
    EXPECT_EQ(progress->damages, 0U);
    EXPECT_EQ(calls, 4U);
    stop = true;
    const auto stopped = store_->verify(hooks);
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().fault, StoreFault::stopped);
}

std::string name_of_kind(const testing::TestParamInfo<Kind>& info) {
    return info.param == Kind::memory ? "Memory" : "Rocks";
}

INSTANTIATE_TEST_SUITE_P(
    Implementations, StoreContract, testing::Values(Kind::memory, Kind::rocks), name_of_kind
);

}  // namespace
}  // namespace telex::store
