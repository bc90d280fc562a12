// A power loss at every sync of a scripted run: what was acknowledged is there, and nothing else
// but whole commits.
#include "unit/store/faulty_file_system.hpp"
#include "unit/store/opened_store.hpp"
#include "unit/store/store_script.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace telex::store {
namespace {

using test::StoreScript;
using test::Unsynced;

constexpr std::uint64_t kCommits = 30;

struct Image {
    std::string folder;
    std::uint64_t acknowledged = 0;  // the last synced commit
};

class PowerLoss : public testing::TestWithParam<Unsynced> {
protected:
    // Runs the script. Before each sync, files are copied as a power loss would leave them.
    void run(const StoreScript& script) {
        const auto files = std::make_shared<test::FaultyFileSystem>();
        auto settings = test::small_settings(folder_.path("store"));
        settings.file_system = files;
        const auto store = test::open_store(std::move(settings));
        ASSERT_NE(store, nullptr);
        std::mutex mutex;
        files->before_sync([&] {
            const std::lock_guard lock(mutex);
            images_.push_back(
                {folder_.path(fmt::format("image{}", images_.size())), acknowledged_.load()}
            );
            copy(*files, images_.back().folder);
        });
        for (std::uint64_t number = 1; number <= kCommits; ++number) {
            // Every third commit is buffered: it may be lost, but only as a whole.
            const bool synced = number % 3 != 0;
            ASSERT_TRUE(store
                            ->commit(
                                script.commit(number),
                                synced ? Durability::synced : Durability::buffered
                            )
                            .has_value());
            if (synced) {
                acknowledged_ = number;
            }
            if (number == kCommits / 2) {
                // Flushes everything.
                ASSERT_TRUE(store->checkpoint(folder_.path("copy")).has_value());
                acknowledged_ = number;
            }
        }
        files->before_sync({});
    }

    void copy(test::FaultyFileSystem& files, const std::string& image) const {
        std::filesystem::create_directories(image);
        std::filesystem::permissions(image, std::filesystem::perms::owner_all);
        // The mark first: another thread may acknowledge a commit meanwhile.
        std::filesystem::copy_file(folder_.path("store/mark"), image + "/mark");
        files.copy_after_power_loss(folder_.path("store/db"), image + "/db", GetParam());
    }

    telex::test::TemporaryFolder folder_;
    std::atomic<std::uint64_t> acknowledged_{0};
    std::vector<Image> images_;
};

TEST_P(PowerLoss, LeavesAllAcknowledgedCommits) {
    const StoreScript script(60);
    ASSERT_NO_FATAL_FAILURE(run(script));
    EXPECT_TRUE(test::has_tables(folder_.path("store")));
    EXPECT_GT(images_.size(), kCommits * 2 / 3);
    for (const Image& image : images_) {
        auto store = open_rocks_store(test::small_settings(image.folder));
        ASSERT_TRUE(store.has_value()) << image.folder << ": " << store.error().text;
        const auto number = StoreScript::last_commit(**store);
        ASSERT_TRUE(number.has_value());
        EXPECT_GE(*number, image.acknowledged) << image.folder;
        EXPECT_LE(*number, kCommits);
        EXPECT_EQ(script.difference(**store, *number), "") << image.folder;
    }
}

std::string name_of(const testing::TestParamInfo<Unsynced>& info) {
    switch (info.param) {
        case Unsynced::dropped:
            return "Dropped";
        case Unsynced::half:
            return "Half";
        case Unsynced::torn_page:
            break;
    }
    return "TornPage";
}

INSTANTIATE_TEST_SUITE_P(
    UnsyncedBytes,
    PowerLoss,
    testing::Values(Unsynced::dropped, Unsynced::half, Unsynced::torn_page),
    name_of
);

}  // namespace
}  // namespace telex::store
