#include "reactor/reactor.hpp"

#include "base/time.hpp"

#include <asio/steady_timer.hpp>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace telex::reactor {
namespace {

struct Work final : TurnWork {
    explicit Work(std::function<void()> what) : run(std::move(what)) {}

    void run_turn_work() override { run(); }

    std::function<void()> run;
};

// Runs what was posted before, to its end.
void run_all(Reactor& reactor) {
    reactor.stop();
    reactor.start();
    reactor.join();
}

TEST(Reactor, RunsWhatWasPostedBeforeItWasStopped) {
    Reactor reactor(3);
    EXPECT_EQ(reactor.index(), 3);
    bool on_its_thread = false;
    reactor.post([&] { on_its_thread = reactor.on_this_thread(); });
    EXPECT_TRUE(reactor.on_this_thread()) << "nothing runs yet: the owner may set it up";
    run_all(reactor);
    EXPECT_TRUE(on_its_thread);
    EXPECT_GT(reactor.turns(), 0U);
}

TEST(Reactor, DropsWhatComesAfterItsEnd) {
    auto captured = std::make_shared<int>(0);
    {
        Reactor reactor(0);
        run_all(reactor);
        reactor.post([captured] { *captured = 1; });
    }
    EXPECT_EQ(captured.use_count(), 1);
    EXPECT_EQ(*captured, 0);
}

TEST(Reactor, FlushesAfterTheMailAndBeforeTheHook) {
    Reactor reactor(0);
    std::string order;
    Work flush([&] { order += 'f'; });
    Work again([&] { order += 'a'; });
    reactor.on_turn_end([&] {
        if (!order.empty() && order.back() != 'h') {
            order += 'h';
        }
    });
    reactor.post([&] {
        order += 'm';
        reactor.run_at_end(flush);
        reactor.run_at_end(flush);
    });
    reactor.post([&] { order += 'm'; });
    reactor.run_again(again);
    run_all(reactor);
    EXPECT_EQ(order, "ammfh");
}

// A message for ten thousand connections makes each of them write.
TEST(Reactor, FlushesInSeveralTurns) {
    constexpr std::size_t kWorks = 1'000;
    constexpr std::size_t kPerTurn = Reactor::kFlushShare / work::kFlush;
    Reactor reactor(0);
    std::map<std::uint64_t, std::size_t> in_turn;
    std::vector<std::size_t> order;
    std::deque<Work> works;
    for (std::size_t i = 0; i < kWorks; ++i) {
        works.emplace_back([&, i] {
            ++in_turn[reactor.turns()];
            order.push_back(i);
            if (order.size() == kWorks) {
                reactor.stop();
            }
        });
    }
    reactor.post([&] {
        for (Work& work : works) {
            reactor.run_at_end(work);
        }
    });
    reactor.start();
    reactor.join();
    EXPECT_EQ(order.size(), kWorks);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    EXPECT_EQ(in_turn.size(), (kWorks + kPerTurn - 1) / kPerTurn);
    for (const auto& [turn, count] : in_turn) {
        EXPECT_LE(count, kPerTurn);
    }
}

TEST(Reactor, ForgetsFlushWorkThatWaitsForItsTurn) {
    Reactor reactor(0);
    std::size_t ran = 0;
    std::deque<Work> works;
    constexpr std::size_t kPerTurn = Reactor::kFlushShare / work::kFlush;
    for (std::size_t i = 0; i <= kPerTurn; ++i) {
        works.emplace_back([&] { ++ran; });
    }
    reactor.post([&] {
        for (Work& work : works) {
            reactor.run_at_end(work);
        }
    });
    Work leaves([&] {
        if (ran == kPerTurn) {  // the last one waits
            reactor.forget(works.back());
            EXPECT_FALSE(works.back().queued());
            reactor.stop();
        } else {
            reactor.run_again(leaves);
        }
    });
    reactor.run_again(leaves);
    reactor.start();
    reactor.join();
    EXPECT_EQ(ran, kPerTurn);
}

TEST(Reactor, RunsWorkThatAsksAgainInTheNextTurn) {
    Reactor reactor(0);
    std::vector<std::uint64_t> turns;
    Work work([] {});
    work.run = [&] {
        turns.push_back(reactor.turns());
        if (turns.size() < 3) {
            reactor.run_again(work);
        } else {
            reactor.stop();
        }
    };
    reactor.run_again(work);
    reactor.start();
    reactor.join();
    ASSERT_EQ(turns.size(), 3U);
    EXPECT_EQ(turns[1], turns[0] + 1);
    EXPECT_EQ(turns[2], turns[1] + 1);
}

// One that always has more to do leaves the others their turn.
TEST(Reactor, ServesTheMailBesideWorkThatNeverEnds) {
    Reactor reactor(0);
    Work busy([] {});
    busy.run = [&] { reactor.run_again(busy); };
    reactor.run_again(busy);
    reactor.start();
    int answered = 0;
    reactor.post([&] { reactor.post([&] { reactor.post([&] { ++answered; }); }); });
    reactor.post([&] { reactor.post([&] { reactor.post([&] { reactor.stop(); }); }); });
    reactor.join();
    EXPECT_EQ(answered, 1);
    reactor.forget(busy);
}

TEST(Reactor, ForgetsWorkEvenFromInsideOther) {
    Reactor reactor(0);
    bool ran = false;
    Work doomed([&] { ran = true; });
    Work first([&] { reactor.forget(doomed); });
    reactor.post([&] {
        reactor.run_at_end(first);
        reactor.run_at_end(doomed);
    });
    run_all(reactor);
    EXPECT_FALSE(ran);
}

TEST(Reactor, ForgottenWorkMayBeAskedForAnew) {
    Reactor reactor(0);
    int ran = 0;
    Work work([&] { ++ran; });
    reactor.run_again(work);
    reactor.forget(work);
    reactor.run_again(work);
    run_all(reactor);
    EXPECT_EQ(ran, 1);
}

TEST(Reactor, DestroysRetiredObjectsAtTheEndOfTheTurn) {
    struct Object final : Retirable {
        explicit Object(std::string& log) : log_(log) {}

        ~Object() override { log_ += "destroyed"; }

        std::string& log_;
    };

    Reactor reactor(0);
    std::string log;
    Work flush([&] { log += "flush "; });
    reactor.post([&] {
        reactor.retire(std::make_unique<Object>(log));
        log += "retired ";
        reactor.run_at_end(flush);
    });
    run_all(reactor);
    EXPECT_EQ(log, "retired flush destroyed");
}

// Stops its reactor at the third signal.
struct Signalled final : Pollable {
    explicit Signalled(Reactor& owner) : reactor(owner) {
        EXPECT_TRUE(reactor.poller().add(fd.get(), *this));
    }

    void signal() const {
        const std::uint64_t one = 1;
        ASSERT_EQ(::write(fd.get(), &one, sizeof one), 8);
    }

    void on_ready(std::uint32_t events) override {
        std::uint64_t count = 0;
        if ((events & EPOLLIN) != 0 && ::read(fd.get(), &count, sizeof count) == 8) {
            got += count;
            if (got == 3) {
                reactor.stop();
            }
        }
    }

    Reactor& reactor;
    net::UniqueFd fd{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    std::uint64_t got = 0;
};

TEST(Reactor, HandlesReadinessInATurn) {
    Reactor reactor(0);
    Signalled signalled(reactor);
    reactor.start();
    for (int i = 0; i < 3; ++i) {
        signalled.signal();
    }
    reactor.join();
    EXPECT_EQ(signalled.got, 3U);
}

// A neighbour that asks little, and what it causes to be written.
struct Neighbour final : Pollable {
    Neighbour(Reactor& owner, std::string& its_log)
        : reactor(owner), log(its_log), write([this] { log += 'w'; }), serve([this] {
              log += 'l';
              reactor.run_at_end(write);
          }) {
        EXPECT_TRUE(reactor.poller().add(fd.get(), *this));
    }

    void ask() const {
        const std::uint64_t one = 1;
        ASSERT_EQ(::write(fd.get(), &one, sizeof one), 8);
    }

    void on_ready(std::uint32_t events) override {
        std::uint64_t count = 0;
        if ((events & EPOLLIN) != 0 && ::read(fd.get(), &count, sizeof count) == 8) {
            reactor.run_again(serve);
        }
    }

    Reactor& reactor;
    std::string& log;
    Work write;
    Work serve;
    net::UniqueFd fd{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
};

class ReactorGivesWay : public ::testing::Test {
protected:
    // Of one slice, in which the neighbour asks. The writes at the end of the turn wait.
    void step() {
        log_ += 'b';
        reactor_.run_at_end(flush_);
        reactor_.work().add(reactor_.ready().slice_of(1));
        neighbour_.ask();
    }

    Reactor reactor_{0};
    std::string log_;
    Neighbour neighbour_{reactor_, log_};
    Work flush_{[this] { log_ += 'f'; }};
};

TEST_F(ReactorGivesWay, BetweenTheSlicesOfABusyOne) {
    int slices = 0;
    Work busy([] {});
    busy.run = [&] {
        step();
        if (++slices < 4) {
            reactor_.run_again(busy);
        } else {
            reactor_.stop();
        }
    };
    reactor_.run_again(busy);
    reactor_.start();
    reactor_.join();
    // The first slice found it light, and the first two were long: the second ended the turn.
    EXPECT_EQ(log_, "bblwfblwblwf");
}

TEST_F(ReactorGivesWay, BetweenTheTasksOfItsMail) {
    for (int i = 0; i < 3; ++i) {
        reactor_.post([this] { step(); });
    }
    run_all(reactor_);
    // The first slice was long and ended the turn.
    EXPECT_EQ(log_, "blwfblwblwf");
}

TEST_F(ReactorGivesWay, BetweenWrites) {
    std::deque<Work> writes;
    for (int i = 0; i < 3; ++i) {
        writes.emplace_back([this] {
            log_ += 'b';
            reactor_.work().add(reactor_.ready().slice_of(1));
            neighbour_.ask();
        });
        reactor_.run_at_end(writes.back());
    }
    run_all(reactor_);
    EXPECT_EQ(log_, "blwblwblw");
}

// Asleep or spinning, in whatever phase each of them comes, nothing is overheard.
TEST(Reactor, ServesSocketsAndMailWithAnySpin) {
    for (const int spin : {0, 1, 1'000}) {
        Reactor reactor(0, std::chrono::microseconds(spin));
        Signalled signalled(reactor);
        reactor.start();
        for (int i = 0; i < 3; ++i) {
            std::promise<void> answered;
            reactor.post([&] { answered.set_value(); });
            answered.get_future().wait();
            signalled.signal();
        }
        reactor.join();
        EXPECT_EQ(signalled.got, 3U) << spin;
    }
}

// Turns that follow each other without end leave Asio's timers their time.
TEST(Reactor, ServesTimersBesideWorkThatNeverEnds) {
    Reactor reactor(0);
    Work busy([] {});
    busy.run = [&] { reactor.run_again(busy); };
    reactor.run_again(busy);
    asio::steady_timer timer(reactor.io(), std::chrono::milliseconds(1));
    bool fired = false;
    timer.async_wait([&](const asio::error_code&) {
        fired = true;
        reactor.stop();
    });
    reactor.start();
    reactor.join();
    EXPECT_TRUE(fired);
    reactor.forget(busy);
}

TEST(Reactor, GivesATimersHandlerATurnForItsWork) {
    Reactor reactor(0);
    asio::steady_timer timer(reactor.io(), std::chrono::milliseconds(1));
    Work flush([&] { reactor.stop(); });
    timer.async_wait([&](const asio::error_code&) { reactor.run_at_end(flush); });
    reactor.start();
    reactor.join();
}

TEST(Reactor, AdvancesItsClockOncePerTurn) {
    Reactor reactor(0);
    std::vector<TimePoint> seen;
    reactor.post([&] { seen.push_back(reactor.now()); });
    reactor.post([&] { seen.push_back(reactor.now()); });
    run_all(reactor);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0], seen[1]);
}

}  // namespace
}  // namespace telex::reactor
