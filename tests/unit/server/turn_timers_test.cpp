#include "server/connection/turn_timers.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>

namespace telex::server {
namespace {

struct CountedWork final : reactor::TurnWork {
    explicit CountedWork(std::function<void()> what) : run(std::move(what)) {}

    void run_turn_work() override { run(); }

    std::function<void()> run;
};

// Ten thousand connections may time out together.
TEST(TurnTimers, QueueWorkThatIsDueInSeveralTurns) {
    constexpr std::size_t kWorks = 3'000;
    reactor::Reactor reactor(0);
    TurnTimers timers(reactor);
    std::map<std::uint64_t, std::size_t> in_turn;
    std::size_t ran = 0;
    std::deque<CountedWork> works;
    for (std::size_t i = 0; i < kWorks; ++i) {
        timers.run_at(reactor.now(), works.emplace_back([&] {
            ++in_turn[reactor.turns()];
            if (++ran == kWorks) {
                reactor.stop();
            }
        }));
    }
    reactor.start();
    reactor.join();
    EXPECT_EQ(ran, kWorks);
    for (const auto& [turn, count] : in_turn) {
        EXPECT_LE(count, TurnTimers::kMostAtOnce);
    }
}

}  // namespace
}  // namespace telex::server
