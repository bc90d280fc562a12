#include "net/runtime_directory.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>

namespace telex::net {
namespace {

std::string directory_with(const std::map<std::string, std::string, std::less<>>& variables) {
    return runtime_directory(
        [&](std::string_view name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        },
        1000
    );
}

TEST(RuntimeDirectory, IsTheUnitsThenTheSessionsThenTheUsers) {
    EXPECT_EQ(directory_with({}), "/tmp/telex-1000");
    EXPECT_EQ(directory_with({{"XDG_RUNTIME_DIR", "/run/user/1000"}}), "/run/user/1000/telex");
    EXPECT_EQ(
        directory_with({{"XDG_RUNTIME_DIR", "/run/user/1000"}, {"RUNTIME_DIRECTORY", "/run/telex"}}
        ),
        "/run/telex"
    );
}

TEST(RuntimeDirectory, TakesTheFirstOfSeveral) {
    EXPECT_EQ(directory_with({{"RUNTIME_DIRECTORY", "/run/a/:/run/b"}}), "/run/a");
}

TEST(RuntimeDirectory, IgnoresEmptyAndRelativeVariables) {
    EXPECT_EQ(
        directory_with({{"RUNTIME_DIRECTORY", ""}, {"XDG_RUNTIME_DIR", "run"}}), "/tmp/telex-1000"
    );
}

class PreparedDirectory : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "telex-net-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        base_ = name;
    }

    void TearDown() override { std::filesystem::remove_all(base_); }

    std::string path(const char* name) const { return (base_ / name).string(); }

    std::filesystem::path base_;
};

TEST_F(PreparedDirectory, IsMadeForUsAlone) {
    ASSERT_TRUE(prepare_runtime_directory(path("new")));
    struct stat status{};
    ASSERT_EQ(::lstat(path("new").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0700U);
    EXPECT_TRUE(prepare_runtime_directory(path("new")));
}

TEST_F(PreparedDirectory, MayHaveBeenMadeByTheSystem) {
    ASSERT_EQ(::mkdir(path("given").c_str(), 0755), 0);
    EXPECT_TRUE(prepare_runtime_directory(path("given")));
}

TEST_F(PreparedDirectory, IsNoSymbolicLink) {
    ASSERT_EQ(::mkdir(path("real").c_str(), 0700), 0);
    ASSERT_EQ(::symlink(path("real").c_str(), path("link").c_str()), 0);
    EXPECT_FALSE(prepare_runtime_directory(path("link")));
}

TEST_F(PreparedDirectory, IsNoFile) {
    std::ofstream(path("file")) << "x";
    EXPECT_FALSE(prepare_runtime_directory(path("file")));
}

TEST_F(PreparedDirectory, IsNotWritableByOthers) {
    ASSERT_EQ(::mkdir(path("open").c_str(), 0700), 0);
    ASSERT_EQ(::chmod(path("open").c_str(), 0770), 0);
    const auto result = prepare_runtime_directory(path("open"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, EPERM);
    EXPECT_NE(result.error().what.find("mode 0770"), std::string::npos) << result.error().what;
}

TEST_F(PreparedDirectory, BelongsToUs) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can give a folder away";
    }
    ASSERT_EQ(::mkdir(path("foreign").c_str(), 0700), 0);
    ASSERT_EQ(::chown(path("foreign").c_str(), 12'345, 12'345), 0);
    EXPECT_FALSE(prepare_runtime_directory(path("foreign")));
}

TEST_F(PreparedDirectory, NeedsItsParent) {
    const auto result = prepare_runtime_directory(path("none/new"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ENOENT);
}

}  // namespace
}  // namespace telex::net
