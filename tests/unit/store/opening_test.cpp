// The folder, the lock, the mark and the format version; errors that name what to do.
#include "store/mark_file.hpp"
#include "unit/store/opened_store.hpp"
#include "unit/store/store_script.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace telex::store {
namespace {

using telex::test::TemporaryFolder;
using test::small_settings;
using test::StoreScript;

mode_t mode_of(const std::string& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
}

StoreError error_of(const RocksSettings& settings) {
    const auto store = open_rocks_store(settings);
    EXPECT_FALSE(store.has_value());
    return store ? StoreError{} : store.error();
}

class Opening : public testing::Test {
protected:
    // Writes commits and closes the store.
    void write(std::uint64_t from, std::uint64_t to) {
        const auto store = test::open_store(small_settings(path_));
        for (std::uint64_t number = from; number <= to; ++number) {
            ASSERT_TRUE(store->commit(script_.commit(number), Durability::synced).has_value());
        }
    }

    // The log of the commits that were not flushed.
    std::string newest_log() const {
        std::string newest;
        for (const auto& entry : std::filesystem::directory_iterator(path_ + "/db")) {
            if (entry.path().extension() == ".log") {
                newest = std::max(newest, entry.path().string());
            }
        }
        return newest;
    }

    TemporaryFolder folder_;
    std::string path_ = folder_.path("store");
    StoreScript script_{4};
};

TEST_F(Opening, FilesArePrivate) {
    auto settings = small_settings(path_);
    settings.ballast_bytes = 4096;
    settings.reserve_bytes = 4096;
    const auto store = test::open_store(settings);
    ASSERT_TRUE(store->commit(script_.commit(1), Durability::synced).has_value());
    EXPECT_EQ(mode_of(path_), 0700U);
    EXPECT_EQ(mode_of(path_ + "/db"), 0700U);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
        if (entry.is_regular_file()) {
            ++files;
            EXPECT_EQ(mode_of(entry.path().string()), 0600U) << entry.path();
        }
    }
    EXPECT_GT(files, 6U);
}

TEST_F(Opening, FolderOfOthersIsRefused) {
    std::filesystem::create_directory(path_);
    ASSERT_EQ(::chmod(path_.c_str(), 0755), 0);
    const StoreError error = error_of(small_settings(path_));
    EXPECT_EQ(error.fault, StoreFault::unusable);
    EXPECT_NE(error.text.find("0700"), std::string::npos) << error.text;
    EXPECT_EQ(error_of(small_settings(folder_.write("file", "x"))).fault, StoreFault::unusable);
    EXPECT_EQ(error_of(small_settings(path_ + "/a/b")).fault, StoreFault::unusable);
}

TEST_F(Opening, SecondOpeningIsLocked) {
    auto store = test::open_store(small_settings(path_));
    const StoreError error = error_of(small_settings(path_));
    EXPECT_EQ(error.fault, StoreFault::locked);
    EXPECT_NE(error.text.find(std::to_string(::getpid())), std::string::npos) << error.text;
    store.reset();
    EXPECT_NE(test::open_store(small_settings(path_)), nullptr);
}

TEST_F(Opening, ContentIsThereAgain) {
    write(1, 9);
    const auto store = test::open_store(small_settings(path_));
    EXPECT_EQ(script_.difference(*store, 9), "");
}

TEST_F(Opening, NewerFormatIsRefusedByName) {
    write(1, 2);
    std::filesystem::remove(path_ + "/mark");
    ASSERT_TRUE(MarkFile::create(path_ + "/mark", 7, 0).has_value());
    const StoreError error = error_of(small_settings(path_));
    EXPECT_EQ(error.fault, StoreFault::newer_format);
    EXPECT_NE(error.text.find("format 7"), std::string::npos) << error.text;
}

TEST_F(Opening, LogThatWasDeletedIsALoss) {
    write(1, 3);
    std::filesystem::remove(newest_log());
    const StoreError error = error_of(small_settings(path_));
    EXPECT_TRUE(error.fault == StoreFault::lost_commits || error.fault == StoreFault::damaged)
        << error.text;
}

TEST_F(Opening, EveryCutOfTheLogIsALoss) {
    write(1, 3);
    const std::string log = newest_log();
    const std::uintmax_t size = std::filesystem::file_size(log);
    std::filesystem::copy(path_, path_ + "2", std::filesystem::copy_options::recursive);
    // The last bytes are the empty commit of the end, which acknowledges nothing.
    constexpr std::uintmax_t kEmptyCommit = 7 + 12;
    for (std::uintmax_t cut = kEmptyCommit + 1; cut <= size; cut += cut < 100 ? 1 : 37) {
        std::filesystem::remove_all(path_);
        std::filesystem::copy(path_ + "2", path_, std::filesystem::copy_options::recursive);
        ASSERT_EQ(::chmod(path_.c_str(), 0700), 0);
        std::filesystem::resize_file(log, size - cut);
        const StoreError error = error_of(small_settings(path_));
        EXPECT_EQ(error.fault, StoreFault::lost_commits) << "cut " << cut << ": " << error.text;
    }
}

TEST_F(Opening, AcceptedLossOpensWithTheRest) {
    write(1, 3);
    std::filesystem::resize_file(newest_log(), std::filesystem::file_size(newest_log()) - 100);
    auto settings = small_settings(path_);
    EXPECT_EQ(error_of(settings).fault, StoreFault::lost_commits);
    settings.accept_loss = true;
    auto store = test::open_store(settings);
    EXPECT_EQ(script_.difference(*store, 2), "");
    ASSERT_TRUE(store->commit(script_.commit(3), Durability::synced).has_value());
    store.reset();
    store = test::open_store(small_settings(path_));
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(script_.difference(*store, 3), "");
}

TEST_F(Opening, AcceptedDamageInTheLogDoesNotComeBack) {
    write(1, 3);
    std::string log = newest_log();
    std::fstream file(log, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(log) / 2));
    file.put('\x5a').put('\x5a').flush();
    EXPECT_EQ(error_of(small_settings(path_)).fault, StoreFault::damaged);
    auto settings = small_settings(path_);
    settings.accept_loss = true;
    auto store = test::open_store(settings);
    const auto number = StoreScript::last_commit(*store);
    ASSERT_TRUE(number && *number < 3);
    store.reset();
    store = test::open_store(small_settings(path_));
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(script_.difference(*store, *number), "");
}

TEST_F(Opening, TornEndThatWasNotAcknowledgedIsDroppedWithAWarning) {
    write(1, 3);
    const std::string log = newest_log();
    // A whole record of RocksDB's log whose bytes did not reach the disk: length 100, type 1.
    std::ofstream(log, std::ios::binary | std::ios::app)
        << std::string("\x12\x34\x56\x78\x64\x00\x01", 7) + std::string(100, '\0');
    auto settings = small_settings(path_);
    std::string warning;
    settings.on_warning = [&](std::string_view line) {
        if (line.find("torn write") != std::string_view::npos) {
            warning = line;
        }
    };
    auto store = test::open_store(settings);
    ASSERT_NE(store, nullptr);
    EXPECT_NE(warning, "");
    EXPECT_EQ(script_.difference(*store, 3), "");
    store.reset();
    warning.clear();
    store = test::open_store(settings);
    EXPECT_EQ(warning, "");
    EXPECT_EQ(script_.difference(*store, 3), "");
}

TEST_F(Opening, DatabaseThatIsMissingIsNotReplacedByAnEmptyOne) {
    write(1, 3);
    std::filesystem::remove_all(path_ + "/db");
    EXPECT_EQ(error_of(small_settings(path_)).fault, StoreFault::lost_commits);
}

TEST_F(Opening, MarkThatIsMissingOrDamagedIsRefused) {
    write(1, 3);
    std::fstream file(path_ + "/mark", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(513).put('\x7f').flush();
    EXPECT_EQ(error_of(small_settings(path_)).fault, StoreFault::damaged);
    std::filesystem::remove(path_ + "/mark");
    EXPECT_EQ(error_of(small_settings(path_)).fault, StoreFault::damaged);
    auto settings = small_settings(path_);
    settings.accept_loss = true;
    EXPECT_EQ(script_.difference(*test::open_store(settings), 3), "");
}

TEST_F(Opening, CheckpointIsACompleteStore) {
    const std::string copy = folder_.path("copy");
    {
        const auto store = test::open_store(small_settings(path_));
        for (std::uint64_t number = 1; number <= 9; ++number) {
            ASSERT_TRUE(store->commit(script_.commit(number), Durability::buffered).has_value());
        }
        const auto copied = store->checkpoint(copy);
        ASSERT_TRUE(copied.has_value()) << copied.error().text;
        EXPECT_FALSE(store->checkpoint(copy).has_value());
        ASSERT_TRUE(store->commit(script_.commit(10), Durability::synced).has_value());
    }
    EXPECT_EQ(mode_of(copy), 0700U);
    const auto store = test::open_store(small_settings(copy));
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(script_.difference(*store, 9), "");
}

}  // namespace
}  // namespace telex::store
