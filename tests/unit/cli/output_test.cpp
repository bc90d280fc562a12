#include "cli/terminal/output.hpp"

#include "cli/exit_code.hpp"
#include "cli_testing.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <array>
#include <csignal>

namespace telex::cli {
namespace {

TEST(Output, BuffersUntilFlushed) {
    const MemoryFile file;
    Output output(file.fd());
    EXPECT_TRUE(output.write("abc"));
    EXPECT_EQ(file.text(), "");
    EXPECT_TRUE(output.flush());
    EXPECT_EQ(file.text(), "abc");
}

TEST(Output, EndsQuietlyWhenThePipeIsClosed) {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    ::close(ends[0]);
    Output output(ends[1]);
    output.write("abc");
    EXPECT_FALSE(output.flush());
    EXPECT_TRUE(output.ended());
    EXPECT_FALSE(output.write("more"));
    EXPECT_EQ(output.exit_code("test"), kOk);
    ::close(ends[1]);
}

TEST(Output, ReportsAFullDisk) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full, 0);
    Output output(full);
    output.write("abc");
    EXPECT_FALSE(output.flush());
    testing::internal::CaptureStderr();
    EXPECT_EQ(output.exit_code("test"), kOutputError);
    EXPECT_EQ(
        testing::internal::GetCapturedStderr(),
        "telex: test: standard output: No space left on device\n"
    );
    ::close(full);
}

TEST(ReadAll, RejectsOneByteOverTheLimit) {
    EXPECT_EQ(read_all(pieces_of("abcd", 3), 4).value(), "abcd");
    const auto refused = read_all(pieces_of("abcde", 3), 4);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().exit_code, kBadData);
}

TEST(ReadFile, ReportsAMissingFile) {
    const TemporaryFolder folder;
    const auto missing = read_file(folder.path() + "/none", 10, nullptr);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().exit_code, kNoInput);
    EXPECT_THAT(missing.error().text, testing::EndsWith("/none: No such file or directory"));
}

}  // namespace
}  // namespace telex::cli
