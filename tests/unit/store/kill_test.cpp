// A process that commits is killed at random moments, again and again on one store. 50 cycles; more
// with TELEX_STORE_KILLS=N.
#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace telex::store {
namespace {

constexpr int kCyclesOfAStore = 50;  // its check takes longer with each

int cycles() {
    const char* const wanted = std::getenv("TELEX_STORE_KILLS");  // NOLINT(concurrency-mt-unsafe)
    return wanted == nullptr ? 50 : std::atoi(wanted);
}

// A running victim and the numbers that it prints.
class Victim {
public:
    explicit Victim(std::string folder) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        std::string program = TELEX_STORE_VICTIM;
        std::array<char*, 3> arguments = {program.data(), folder.data(), nullptr};
        EXPECT_EQ(
            ::posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments.data(), environ),
            0
        );
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        numbers_ = ends[0];
    }

    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    ~Victim() { ::close(numbers_); }

    // Nothing if the victim has ended.
    std::optional<std::uint64_t> next() const {
        std::uint64_t number = 0;
        if (::read(numbers_, &number, sizeof number) != sizeof number) {
            return std::nullopt;
        }
        return number;
    }

    // Whether it was running until then.
    bool kill() const {
        ::kill(process_, SIGKILL);
        int status = 0;
        return ::waitpid(process_, &status, 0) == process_ && WIFSIGNALED(status) &&
               WTERMSIG(status) == SIGKILL;
    }

private:
    pid_t process_ = -1;
    int numbers_ = -1;
};

TEST(StoreKills, LoseNothingAcknowledged) {
    std::mt19937_64 random(11);
    std::unique_ptr<telex::test::TemporaryFolder> folder;
    std::uint64_t acknowledged = 0;
    for (int cycle = 0; cycle < cycles(); ++cycle) {
        if (cycle % kCyclesOfAStore == 0) {
            folder = std::make_unique<telex::test::TemporaryFolder>();
            acknowledged = 0;
        }
        const Victim victim(folder->path("store"));
        const auto found = victim.next();
        ASSERT_TRUE(found.has_value()) << "cycle " << cycle << ": see the error above";
        EXPECT_GE(*found, acknowledged) << "cycle " << cycle;
        EXPECT_LE(*found, acknowledged + 1) << "cycle " << cycle;
        acknowledged = *found;
        for (std::uint64_t left = random() % 20; left > 0; --left) {
            acknowledged = victim.next().value_or(acknowledged);
        }
        EXPECT_TRUE(victim.kill()) << "cycle " << cycle;
        // Numbers that it still printed.
        while (const auto number = victim.next()) {
            acknowledged = *number;
        }
    }
}

}  // namespace
}  // namespace telex::store
