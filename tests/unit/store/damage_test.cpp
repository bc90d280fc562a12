// Flipped bytes and truncations of each file of a store: opening or reading reports them, or all
// records are there. A sample by default; all with TELEX_STORE_ALL_DAMAGE=1.
#include "unit/store/opened_store.hpp"
#include "unit/store/store_script.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace telex::store {
namespace {

using test::StoreScript;

constexpr std::uint64_t kWritten = 10;
constexpr std::size_t kSampleOfFile = 25;

bool takes_all() {
    return std::getenv("TELEX_STORE_ALL_DAMAGE") != nullptr;  // NOLINT(concurrency-mt-unsafe)
}

std::string content_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class Damage : public testing::Test {
protected:
    Damage() {
        // A copy has files without a log; the later commits are in its log.
        auto store = test::open_store(test::small_settings(folder_.path("first")));
        write(*store, 1, kWritten / 2);
        EXPECT_TRUE(store->checkpoint(original_).has_value());
        store = test::open_store(test::small_settings(original_));
        write(*store, kWritten / 2 + 1, kWritten);
    }

    void write(Store& store, std::uint64_t from, std::uint64_t to) const {
        for (std::uint64_t number = from; number <= to; ++number) {
            EXPECT_TRUE(store.commit(script_.commit(number), Durability::synced).has_value());
        }
    }

    std::vector<std::string> files() const {
        std::vector<std::string> names = {"mark"};
        for (const auto& entry : std::filesystem::directory_iterator(original_ + "/db")) {
            names.push_back("db/" + entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        return names;
    }

    // Places in a file, or all.
    std::vector<std::size_t> places(std::size_t size) {
        std::vector<std::size_t> all;
        if (takes_all() || size <= kSampleOfFile) {
            for (std::size_t i = 0; i < size; ++i) {
                all.push_back(i);
            }
            return all;
        }
        for (std::size_t i = 0; i < kSampleOfFile; ++i) {
            all.push_back(random_() % size);
        }
        return all;
    }

    // Opens a copy of the store in which one file has this content.
    void check(const std::string& file, const std::string& content, const std::string& what) {
        const std::string copy = folder_.path("copy");
        std::filesystem::remove_all(copy);
        std::filesystem::copy(original_, copy, std::filesystem::copy_options::recursive);
        std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
        std::ofstream(copy + "/" + file, std::ios::binary) << content;
        const auto store = open_rocks_store(test::small_settings(copy));
        if (!store) {
            EXPECT_NE(store.error().text.find(copy), std::string::npos) << "names the file";
            ++refused_;
            return;
        }
        const std::string difference = script_.difference(**store, kWritten);
        if (difference.empty()) {
            ++harmless_;
            return;
        }
        EXPECT_EQ(difference.substr(0, test::kReported.size()), test::kReported)
            << what << ": " << difference;
        ++reported_;
        std::uint64_t damages = 0;
        VerifyHooks hooks;
        hooks.damage = [&](const StoreError& error) {
            ++damages;
            EXPECT_NE(error.text, "");
            EXPECT_LE(error.first, error.last);
        };
        EXPECT_TRUE((*store)->verify(hooks).has_value()) << what;
        EXPECT_GT(damages, 0U) << what;
    }

    telex::test::TemporaryFolder folder_;
    std::string original_ = folder_.path("original");
    StoreScript script_{40};
    std::mt19937_64 random_{7};
    int refused_ = 0;
    int reported_ = 0;
    int harmless_ = 0;
};

TEST_F(Damage, FlippedByteIsReported) {
    for (const std::string& file : files()) {
        const std::string content = content_of_file(original_ + "/" + file);
        for (const std::size_t place : places(content.size())) {
            std::string damaged = content;
            damaged[place] = static_cast<char>(damaged[place] ^ (1 << (place % 8)));
            ASSERT_NO_FATAL_FAILURE(
                check(file, damaged, fmt::format("{}, byte {} flipped", file, place))
            );
        }
    }
    EXPECT_GT(refused_, 0);
    EXPECT_GT(reported_, 0);
}

TEST_F(Damage, TruncationIsReported) {
    for (const std::string& file : files()) {
        const std::string content = content_of_file(original_ + "/" + file);
        for (const std::size_t place : places(content.size())) {
            ASSERT_NO_FATAL_FAILURE(
                check(file, content.substr(0, place), fmt::format("{}, cut at {}", file, place))
            );
        }
    }
    EXPECT_GT(refused_, 0);
}

TEST_F(Damage, MissingFileIsReported) {
    for (const std::string& file : files()) {
        const std::string copy = folder_.path("copy");
        std::filesystem::remove_all(copy);
        std::filesystem::copy(original_, copy, std::filesystem::copy_options::recursive);
        std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
        std::filesystem::remove(copy + "/" + file);
        const auto store = open_rocks_store(test::small_settings(copy));
        if (store) {
            EXPECT_EQ(script_.difference(**store, kWritten), "") << file;
        }
    }
}

TEST_F(Damage, VerifyNamesTheSequencesAndReadingGoesOnBehindThem) {
    // A byte in the middle of the largest file of the blocks.
    std::string largest;
    for (const std::string& file : files()) {
        const std::string path = original_ + "/" + file;
        if (file.ends_with(".sst") &&
            (largest.empty() ||
             std::filesystem::file_size(path) > std::filesystem::file_size(largest))) {
            largest = path;
        }
    }
    ASSERT_NE(largest, "") << "nothing was flushed";
    std::string content = content_of_file(largest);
    content[content.size() / 3] = static_cast<char>(content[content.size() / 3] ^ 1);
    std::ofstream(largest, std::ios::binary) << content;
    const auto store = test::open_store(test::small_settings(original_));
    ASSERT_NE(store, nullptr);
    std::vector<StoreError> damages;
    VerifyHooks hooks;
    hooks.damage = [&](const StoreError& error) { damages.push_back(error); };
    const auto progress = store->verify(hooks);
    ASSERT_TRUE(progress.has_value());
    ASSERT_EQ(damages.size(), 1U) << damages.front().text;
    const StoreError& damage = damages.front();
    ASSERT_GT(damage.stream, 0U);
    EXPECT_EQ(damage.fault, StoreFault::damaged);
    std::uint64_t lost = damage.last - damage.first + 1;
    std::uint64_t written = 0;
    for (StreamId stream = 1; stream <= test::kScriptStreams; ++stream) {
        written += script_.last_after(kWritten, stream);
    }
    EXPECT_EQ(progress->records + lost, written) << damage.text;
    const auto reader = store->reader(damage.stream);
    reader->seek(damage.first);
    const auto failed = reader->next();
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().first, damage.first);
    EXPECT_EQ(failed.error().last, damage.last);
    reader->seek(damage.last + 1);
    const auto block = reader->next();
    ASSERT_TRUE(block.has_value());
    if (*block != nullptr) {
        EXPECT_EQ((*block)->base(), damage.last + 1);
    }
}

}  // namespace
}  // namespace telex::store
