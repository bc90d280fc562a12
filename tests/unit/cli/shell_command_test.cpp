#include "cli/commands/shell_command.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <string>

namespace telex::cli {
namespace {

constexpr ShellLimits kGenerous{std::chrono::seconds(60), std::size_t{16} << 20U};

TEST(ShellCommand, PassesInputAndOutput) {
    const ShellResult result = run_shell_command("tr a-z A-Z", "a.b", "hello", kGenerous);
    EXPECT_EQ(result.output, "HELLO");
    EXPECT_EQ(result.error, "");
}

TEST(ShellCommand, SetsTheSubject) {
    EXPECT_EQ(
        run_shell_command("printf %s \"$TELEX_SUBJECT\"", "a.b", "", kGenerous).output, "a.b"
    );
}

TEST(ShellCommand, CarriesMoreThanThePipeBuffer) {
    const std::string input(3'000'000, 'x');
    EXPECT_EQ(run_shell_command("cat", "a", input, kGenerous).output, input);
}

TEST(ShellCommand, DropsUnreadInput) {
    std::signal(SIGPIPE, SIG_IGN);
    const ShellResult result =
        run_shell_command("exec <&-; echo done", "a", std::string(3'000'000, 'x'), kGenerous);
    EXPECT_EQ(result.output, "done\n");
    EXPECT_EQ(result.error, "");
}

TEST(ShellCommand, ReportsTheExitStatusAndKeepsTheOutput) {
    const ShellResult result = run_shell_command("echo partial; exit 3", "a", "", kGenerous);
    EXPECT_EQ(result.output, "partial\n");
    EXPECT_EQ(result.error, "exit status 3");
    EXPECT_EQ(run_shell_command("kill -9 $$", "a", "", kGenerous).error, "signal 9");
}

TEST(ShellCommand, KillsAtTheTimeLimit) {
    const ShellLimits limits{std::chrono::milliseconds(50), 100};
    EXPECT_EQ(run_shell_command("sleep 1000", "a", "", limits).error, "timed out after 50ms");
}

TEST(ShellCommand, KillsAtTheOutputLimit) {
    const ShellLimits limits{std::chrono::seconds(60), 1024};
    const ShellResult result = run_shell_command("while :; do echo more; done", "a", "", limits);
    EXPECT_EQ(result.error, "output is larger than the maximum of 1KiB");
    EXPECT_EQ(result.output, "");
}

TEST(ShellCommand, DoesNotWaitForBackgroundProcesses) {
    // The background process keeps the pipe open.
    const ShellResult result = run_shell_command("sleep 60 & echo started $!", "a", "", kGenerous);
    ASSERT_THAT(result.output, testing::StartsWith("started "));
    EXPECT_EQ(result.error, "");
    ::kill(std::stoi(result.output.substr(8)), SIGKILL);
}

}  // namespace
}  // namespace telex::cli
