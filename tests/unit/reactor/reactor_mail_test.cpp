// Mail passes between the slices of a busy connection if it is little, and operators' queries let
// it pass.
#include "reactor/gather.hpp"
#include "reactor/reactor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace telex::reactor {
namespace {

class LightMail : public ::testing::Test {
protected:
    struct Work final : TurnWork {
        explicit Work(std::function<void()> function) : run(std::move(function)) {}

        void run_turn_work() override { run(); }

        std::function<void()> run;
    };

    // A connection that always has more to do. In each of its slices a message for another client
    // comes from another reactor.
    void serve_busy(int slices, std::uint64_t work_of_message) {
        busy_.run = [this, slices, work_of_message] {
            log_ += 'b';
            reactor_.run_at_end(flush_);
            reactor_.work().add(reactor_.ready().slice_of(1));
            reactor_.post([this, work_of_message] {
                log_ += 'm';
                reactor_.work().add(work_of_message);
                reactor_.run_at_end(write_);
            });
            if (++slices_ < slices) {
                reactor_.run_again(busy_);
            } else {
                reactor_.stop();
            }
        };
        reactor_.run_again(busy_);
        reactor_.start();
        reactor_.join();
    }

    Reactor reactor_{0};
    std::string log_;
    int slices_ = 0;
    Work busy_{[] {}};
    Work write_{[this] { log_ += 'w'; }};
    Work flush_{[this] { log_ += 'f'; }};
};

TEST_F(LightMail, PassesBetweenTheSlicesOfABusyOne) {
    serve_busy(5, work::kDelivery);
    // The first two slices were long.
    EXPECT_EQ(log_, "bbmmwfbmwbmwbmwf");
}

TEST_F(LightMail, MustBeLittle) {
    serve_busy(5, ReadyQueue::kSlice);
    EXPECT_EQ(log_.substr(0, 5), "bbmmw") << "that it is much is seen once";
    EXPECT_EQ(log_.find("mw", 5), std::string::npos) << "later it waits for the end of the turn";
}

// A query that takes as much work as its slices allow.
struct Query {
    bool run() {
        const std::uint64_t before = reactor->work().total();
        while (!reactor->work().slice_is_over()) {
            reactor->work().add(work::kListEntry);
        }
        largest = std::max(largest, reactor->work().total() - before);
        return ++slices == 10;
    }

    std::uint64_t take() const { return largest; }

    Reactor* reactor = nullptr;
    std::uint64_t largest = 0;
    int slices = 0;
};

TEST(QueriesOfOperators, HaveShortSlices) {
    Reactor reactor(0);
    reactor.start();
    Reactor* const reactors[] = {&reactor};
    const auto largest = gather_in_slices_within<std::uint64_t>(
        reactors, std::chrono::seconds(60), [&](std::size_t) { return Query{.reactor = &reactor}; }
    );
    ASSERT_TRUE(largest.has_value());
    EXPECT_LE(largest->front(), ReadyQueue::kSlice + work::kListEntry);
}

}  // namespace
}  // namespace telex::reactor
