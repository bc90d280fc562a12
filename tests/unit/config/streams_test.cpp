// The keys `streams` and `storage`; their errors are in broken/.
#include "config/changes.hpp"
#include "config/load.hpp"
#include "config/render/print.hpp"
#include "test_environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kListeners = "listeners: [{name: a, address: 'unix:///tmp/a.sock'}]\n";

Environment environment_with(std::string_view variable, std::string value) {
    Environment environment = fixed_environment();
    environment.variables.emplace(std::string(variable), std::move(value));
    return environment;
}

LoadResult load(
    const std::string& text, const Environment& environment = environment_with("HOME", "/users/t")
) {
    LoadResult result = load_text("test", text + std::string(kListeners), environment);
    EXPECT_EQ(render(result.diagnostics), "");
    EXPECT_TRUE(result.config);
    return result;
}

std::string change_texts(const LoadResult& before, const LoadResult& after) {
    std::string texts;
    for (const Change& change : changes_between(before.settings, after.settings)) {
        texts += to_string(change) + (change.reload == Reload::restart ? " (restart)\n" : "\n");
    }
    return texts;
}

TEST(Streams, AreAbsentByDefault) {
    const LoadResult result = load("");
    EXPECT_TRUE(result.config->streams.empty());
    EXPECT_FALSE(result.config->storage.enabled);
    EXPECT_FALSE(result.settings.contains("storage.folder"));
}

TEST(Streams, HaveDefaults) {
    const LoadResult result = load("streams: [{name: s, subjects: a.>}]\n");
    ASSERT_EQ(result.config->streams.size(), 1U);
    streams::StreamOptions expected;
    expected.name = "s";
    expected.subjects = {"a.>"};
    EXPECT_EQ(result.config->streams[0].options, expected);
    EXPECT_EQ(result.config->streams[0].account, "default");
}

TEST(Streams, ReadEveryKey) {
    const LoadResult result = load(
        "users: [{name: u, unix_users: 0, account: shop}]\n"
        "accounts: [{name: shop}]\n"
        "streams:\n"
        "  - name: orders\n"
        "    account: shop\n"
        "    subjects: [orders.>, bills.*]\n"
        "    max_messages: 1000\n"
        "    max_bytes: 1GiB\n"
        "    max_per_subject: 10\n"
        "    max_age: 7d\n"
        "    max_message_bytes: 64KiB\n"
        "    discard: newest-per-subject\n"
        "    duplicate_window: 1h\n"
        "    max_duplicate_ids: 20\n"
        "    max_subjects: 30\n"
        "    allow_ttl: true\n"
        "    allow_roll_up: true\n"
        "    deny_erase: true\n"
        "    subject_index: all\n"
        "    compression: zstd\n"
        "    sync: interval\n"
        "    sync_interval: 250ms\n"
    );
    const StreamEntry& entry = result.config->streams.at(0);
    EXPECT_EQ(entry.account, "shop");
    const streams::StreamOptions& options = entry.options;
    EXPECT_EQ(options.name, "orders");
    EXPECT_THAT(options.subjects, ElementsAre("orders.>", "bills.*"));
    EXPECT_EQ(options.max_messages, 1'000U);
    EXPECT_EQ(options.max_bytes, std::uint64_t{1} << 30U);
    EXPECT_EQ(options.max_per_subject, 10U);
    EXPECT_EQ(options.max_age, hours(7 * 24));
    EXPECT_EQ(options.max_message_bytes, 65'536U);
    EXPECT_EQ(options.discard, streams::Discard::newest_per_subject);
    EXPECT_EQ(options.duplicate_window, hours(1));
    EXPECT_EQ(options.max_duplicate_ids, 20U);
    EXPECT_EQ(options.max_subjects, 30U);
    EXPECT_TRUE(options.allow_ttl);
    EXPECT_TRUE(options.allow_roll_up);
    EXPECT_TRUE(options.deny_erase);
    EXPECT_EQ(options.subject_index, streams::SubjectIndexing::all);
    EXPECT_EQ(options.compression, streams::Compression::zstd);
    EXPECT_EQ(options.sync, streams::Sync::interval);
    EXPECT_EQ(options.sync_interval, milliseconds(250));
}

TEST(Streams, MayForgetMessageIds) {
    const LoadResult result =
        load("streams: [{name: s, subjects: a, duplicate_window: off, deny_purge: true}]\n");
    EXPECT_FALSE(result.config->streams[0].options.duplicate_window);
    EXPECT_TRUE(result.config->streams[0].options.deny_purge);
}

// The file names the limit, so a default above it is not an error of the file.
TEST(Streams, LowerDefaultsToTheLimitsOfTheFile) {
    const LoadResult result =
        load("streams: [{name: s, subjects: a, max_age: 1m, max_bytes: 10KiB}]\n");
    EXPECT_EQ(result.config->streams[0].options.duplicate_window, minutes(1));
    EXPECT_EQ(result.config->streams[0].options.max_message_bytes, 10'240U);
}

TEST(Streams, MayHaveOneNameInTwoAccounts) {
    const LoadResult result = load(
        "users: [{name: u, unix_users: 0, account: shop}]\n"
        "accounts: [{name: shop}]\n"
        "streams: [{name: s, subjects: a}, {name: s, account: shop, subjects: a}]\n"
    );
    EXPECT_EQ(result.config->streams.size(), 2U);
}

TEST(Streams, HaveAMaximumNumber) {
    std::string text = "storage: {folder: /s}\nstreams:\n";
    for (std::size_t i = 0; i <= kMaxConfiguredStreams; ++i) {
        text += "  - {name: s" + std::to_string(i) + ", subjects: a" + std::to_string(i) + "}\n";
    }
    const LoadResult result =
        load_text("test", text + std::string(kListeners), fixed_environment());
    EXPECT_THAT(
        render(result.diagnostics),
        HasSubstr("streams: account 'default' has more than 1000 streams")
    );
}

TEST(Streams, AreAddedAndChangedByAReload) {
    const LoadResult one = load("streams: [{name: s, subjects: a}]\n");
    const LoadResult two =
        load("streams: [{name: t, subjects: b}, {name: s, subjects: a, max_age: 1h}]\n");
    EXPECT_EQ(change_texts(one, two), "streams[s].max_age: set to '1h'\nstreams[t]: added\n");
    EXPECT_EQ(change_texts(two, one), "streams[s].max_age: removed\nstreams[t]: removed\n");
}

TEST(Streams, OfOtherAccountsAreNamedWithThem) {
    const std::string users =
        "users: [{name: u, unix_users: 0, account: shop}]\naccounts: [{name: shop}]\n";
    const LoadResult one = load(users + "streams: [{name: s, subjects: a}]\n");
    const LoadResult two = load(
        users +
        "streams: [{name: s, account: default, subjects: a}, "
        "{name: s, account: shop, subjects: a}]\n"
    );
    EXPECT_EQ(
        change_texts(one, two), "streams[s].account: set to 'default'\nstreams[shop/s]: added\n"
    );
}

TEST(Storage, IsOpenedByOneOfTwoKeys) {
    EXPECT_TRUE(load("streams: [{name: s, subjects: a}]\n").config->storage.enabled);
    EXPECT_TRUE(load("storage:\n").config->storage.enabled);
    EXPECT_TRUE(load("storage: {cache: 1MiB}\n").config->storage.enabled);
}

TEST(Storage, ReadsEveryKey) {
    const LoadResult result = load(
        "storage: {folder: /srv/telex, cache: 1GiB, write_buffer: 32MiB, reserve: 2GiB, "
        "ballast: 64MiB, max_pending: 8MiB}\n"
    );
    const StorageOptions& storage = result.config->storage;
    EXPECT_EQ(storage.folder, "/srv/telex");
    EXPECT_FALSE(storage.default_folder);
    EXPECT_EQ(storage.cache_bytes, std::uint64_t{1} << 30U);
    EXPECT_EQ(storage.write_buffer_bytes, std::uint64_t{32} << 20U);
    EXPECT_EQ(storage.reserve_bytes, std::uint64_t{2} << 30U);
    EXPECT_EQ(storage.ballast_bytes, std::uint64_t{64} << 20U);
    EXPECT_EQ(storage.max_pending_bytes, std::uint64_t{8} << 20U);
}

TEST(Storage, HasAFolderOfTheServiceOrOfTheUser) {
    const auto folder_with = [](const Environment& environment) {
        return load("storage:\n", environment).config->storage.folder;
    };
    EXPECT_EQ(folder_with(environment_with("HOME", "/users/t")), "/users/t/.local/state/telex");
    EXPECT_EQ(folder_with(environment_with("XDG_STATE_HOME", "/x")), "/x/telex");
    EXPECT_EQ(folder_with(environment_with("STATE_DIRECTORY", "/var/a:/var/b")), "/var/a");
    Environment all = environment_with("STATE_DIRECTORY", "/var/a");
    all.variables["XDG_STATE_HOME"] = "/x";
    all.variables["HOME"] = "/users/t";
    EXPECT_EQ(folder_with(all), "/var/a");
    all.variables["STATE_DIRECTORY"] = "relative";
    EXPECT_EQ(folder_with(all), "/x/telex");
    EXPECT_TRUE(load("storage:\n", all).config->storage.default_folder);
}

TEST(Storage, RequiresARestartToAppearMoveOrDisappear) {
    const LoadResult none = load("");
    const LoadResult some = load("streams: [{name: s, subjects: a}]\n");
    const LoadResult other = load("storage: {folder: /srv}\n");
    EXPECT_THAT(change_texts(none, some), HasSubstr("storage.folder: set to"));
    EXPECT_THAT(change_texts(none, some), HasSubstr("(restart)"));
    EXPECT_THAT(change_texts(some, none), HasSubstr("storage.folder: removed (restart)"));
    EXPECT_THAT(change_texts(some, other), HasSubstr("-> '/srv' (restart)"));
}

TEST(Storage, OfAllStreamsStaysWithItsKey) {
    const LoadResult by_streams = load("streams: [{name: s, subjects: a}]\n");
    const LoadResult by_key = load("storage:\n");
    EXPECT_EQ(change_texts(by_streams, by_key), "streams[s]: removed\n");
}

TEST(Storage, IsPrintedWithItsFolder) {
    const LoadResult result = load("streams: [{name: s, subjects: a, max_age: 1h}]\n");
    const std::string printed = print_config(*result.config, result.settings);
    EXPECT_THAT(printed, HasSubstr("storage:\n  folder: \"/users/t/.local/state/telex\"\n"));
    EXPECT_THAT(printed, HasSubstr("streams:\n  - name: \"s\"\n"));
    EXPECT_THAT(printed, HasSubstr("    max_age: \"1h\"\n"));
    const LoadResult again = load_text("test", printed, fixed_environment());
    EXPECT_EQ(render(again.diagnostics), "");
    EXPECT_EQ(change_texts(result, again), "");
    EXPECT_THAT(print_config(*load("").config, load("").settings), Not(HasSubstr("\nstorage:")));
}

}  // namespace
}  // namespace telex::config
