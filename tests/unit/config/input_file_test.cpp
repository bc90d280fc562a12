#include "config/parse/input_file.hpp"

#include "config/load.hpp"
#include "test_environment.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace telex::config {
namespace {

class InputFile : public testing::Test {
protected:
    LoadStatus status(const std::string& path) const {
        const LoadResult result = load_file(path, fixed_environment());
        EXPECT_EQ(result.diagnostics.size(), 1U);
        return result.status;
    }

    TemporaryFolder folder_;
};

TEST_F(InputFile, IsReadWhole) {
    const std::string content = std::string("a\0b\n", 4);
    EXPECT_EQ(*read_regular_file(folder_.write("f", content), 4), content);
    EXPECT_EQ(*read_regular_file(folder_.write("f", ""), 4), "");
}

TEST_F(InputFile, IsRefusedAboveTheLimit) {
    const auto result = read_regular_file(folder_.write("f", "12345"), 4);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().problem, FileProblem::unfit);
    EXPECT_EQ(result.error().text, "is larger than 4B");
}

TEST_F(InputFile, ReadsFilesThatReportNoSize) {
    // The size of files in /proc is given as 0.
    const auto result = read_regular_file("/proc/self/comm", 64);
    ASSERT_TRUE(result);
    EXPECT_FALSE(result->empty());
}

TEST_F(InputFile, MissingIsUnreadable) {
    EXPECT_EQ(status(folder_.path("none")), LoadStatus::unreadable);
    EXPECT_EQ(status(folder_.path("none/none")), LoadStatus::unreadable);
}

TEST_F(InputFile, MustBeRegular) {
    ASSERT_EQ(::mkfifo(folder_.path("fifo").c_str(), 0600), 0);
    EXPECT_EQ(status(folder_.path("fifo")), LoadStatus::invalid);
    EXPECT_EQ(status(folder_.path("")), LoadStatus::invalid);
    EXPECT_EQ(status("/dev/zero"), LoadStatus::invalid);
}

TEST_F(InputFile, WithoutPermissionIsReported) {
    if (::geteuid() == 0) {
        GTEST_SKIP() << "root may read everything";
    }
    const std::string path = folder_.write("f", "x");
    ASSERT_EQ(::chmod(path.c_str(), 0), 0);
    EXPECT_EQ(status(path), LoadStatus::no_permission);
}

TEST_F(InputFile, HasASizeLimit) {
    const std::string path = folder_.write("f", "");
    ASSERT_EQ(::truncate(path.c_str(), off_t{1} << 30), 0);
    EXPECT_EQ(status(path), LoadStatus::invalid);
}

}  // namespace
}  // namespace telex::config
