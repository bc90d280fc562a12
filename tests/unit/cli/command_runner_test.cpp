#include "cli/commands/command_runner.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <string>

namespace telex::cli {
namespace {

constexpr CommandLimits kGenerous{std::chrono::seconds(60), std::size_t{16} << 20U};

TEST(RunCommand, FeedsTheInputAndReadsTheOutput) {
    const CommandResult result = run_command("tr a-z A-Z", "a.b", "hello", kGenerous);
    EXPECT_EQ(result.output, "HELLO");
    EXPECT_EQ(result.error, "");
}

TEST(RunCommand, TellsTheSubject) {
    EXPECT_EQ(run_command("printf %s \"$TELEX_SUBJECT\"", "a.b", "", kGenerous).output, "a.b");
}

TEST(RunCommand, CarriesMoreThanAPipeHolds) {
    const std::string input(3'000'000, 'x');
    EXPECT_EQ(run_command("cat", "a", input, kGenerous).output, input);
}

TEST(RunCommand, DropsInputThatIsNotRead) {
    std::signal(SIGPIPE, SIG_IGN);
    const CommandResult result =
        run_command("exec <&-; echo done", "a", std::string(3'000'000, 'x'), kGenerous);
    EXPECT_EQ(result.output, "done\n");
    EXPECT_EQ(result.error, "");
}

TEST(RunCommand, ReportsTheExitStatusAndKeepsTheOutput) {
    const CommandResult result = run_command("echo partial; exit 3", "a", "", kGenerous);
    EXPECT_EQ(result.output, "partial\n");
    EXPECT_EQ(result.error, "exit status 3");
    EXPECT_EQ(run_command("kill -9 $$", "a", "", kGenerous).error, "signal 9");
}

TEST(RunCommand, KillsWhatTakesTooLong) {
    const CommandLimits limits{std::chrono::milliseconds(50), 100};
    EXPECT_EQ(run_command("sleep 1000", "a", "", limits).error, "no end after 50ms");
}

TEST(RunCommand, KillsWhatWritesTooMuch) {
    const CommandLimits limits{std::chrono::seconds(60), 1024};
    const CommandResult result = run_command("while :; do echo more; done", "a", "", limits);
    EXPECT_EQ(result.error, "more than 1KiB of output");
    EXPECT_EQ(result.output, "");
}

TEST(RunCommand, DoesNotWaitForWhatRunsInTheBackground) {
    // It holds the pipe open.
    const CommandResult result = run_command("sleep 60 & echo started $!", "a", "", kGenerous);
    ASSERT_THAT(result.output, testing::StartsWith("started "));
    EXPECT_EQ(result.error, "");
    ::kill(std::stoi(result.output.substr(8)), SIGKILL);
}

}  // namespace
}  // namespace telex::cli
