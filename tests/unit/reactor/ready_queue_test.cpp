// Slices and shares, by counts of work.
#include "reactor/ready_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace telex::reactor {
namespace {

// Has work left, in steps of some size; goes on until its slice is over.
struct SlicedPeer final : TurnWork {
    SlicedPeer(ReadyQueue& its_queue, WorkMeter& its_meter, std::uint64_t its_step)
        : queue(its_queue), meter(its_meter), step(its_step) {}

    void run_turn_work() override {
        ++slices;
        const std::uint64_t before = meter.total();
        while (left > 0) {
            --left;
            ++steps;
            meter.add(step);
            if (meter.slice_is_over()) {
                break;
            }
        }
        served_at = meter.total();
        work += meter.total() - before;
        largest = std::max(largest, meter.total() - before);
        if (left > 0) {
            queue.push(*this);
        }
    }

    void come(std::uint64_t more) {
        left += more;
        if (!queued()) {
            queue.push(*this);
        }
    }

    ReadyQueue& queue;
    WorkMeter& meter;
    std::uint64_t step;
    std::uint64_t left = 0;
    std::uint64_t steps = 0;
    std::uint64_t work = 0;
    std::uint64_t largest = 0;
    std::uint64_t slices = 0;
    std::uint64_t served_at = 0;
};

class ReadyQueueTest : public ::testing::Test {
protected:
    ReadyQueueTest() { queue_.make_slices_short(true); }

    SlicedPeer& add(std::uint64_t step) {
        peers_.push_back(std::make_unique<SlicedPeer>(queue_, meter_, step));
        return *peers_.back();
    }

    // As a turn of the reactor does it.
    void run_round() {
        queue_.run_light();
        queue_.run_busy([this] {
            if (on_gap_) {
                on_gap_();
            }
            queue_.run_light();
        });
    }

    std::uint64_t work_of_round() {
        const std::uint64_t before = meter_.total();
        run_round();
        return meter_.total() - before;
    }

    void forget_all() {
        for (const auto& peer : peers_) {
            queue_.forget(*peer);
        }
        peers_.clear();
    }

    WorkMeter meter_;
    ReadyQueue queue_{meter_};
    std::vector<std::unique_ptr<SlicedPeer>> peers_;
    std::function<void()> on_gap_;
};

constexpr std::uint64_t kEndless = 1'000'000'000;
constexpr std::uint64_t kSlice = ReadyQueue::kSlice;

TEST_F(ReadyQueueTest, DividesARoundAmongThoseThatWait) {
    EXPECT_EQ(queue_.slice_of(0), kSlice);
    EXPECT_EQ(queue_.slice_of(1), kSlice);
    EXPECT_EQ(queue_.slice_of(10'000), ReadyQueue::kMinSlice);
    queue_.make_slices_short(false);
    EXPECT_EQ(queue_.slice_of(1), ReadyQueue::kMaxShare);
    EXPECT_EQ(queue_.slice_of(4), ReadyQueue::kRoundWork / 4);
    EXPECT_EQ(queue_.slice_of(10'000), ReadyQueue::kMinSlice);
    EXPECT_EQ(ReadyQueue::work_of_round(0), 0U);
    EXPECT_EQ(ReadyQueue::work_of_round(1), ReadyQueue::kMaxShare);
    EXPECT_EQ(ReadyQueue::work_of_round(10'000), ReadyQueue::kRoundWork);
}

TEST_F(ReadyQueueTest, EndsEachSliceAtItsLimitWhateverAStepCosts) {
    for (const std::uint64_t step : {8U, 100U, 3'000U}) {
        for (const std::size_t count : {1U, 2U, 7U, 100U}) {
            for (std::size_t i = 0; i < count; ++i) {
                add(step).come(kEndless);
            }
            for (int round = 0; round < 20; ++round) {
                // Light ones, too: the first rounds find some.
                EXPECT_LE(work_of_round(), 2 * (ReadyQueue::kRoundWork + kSlice + step));
            }
            for (const auto& peer : peers_) {
                EXPECT_LT(peer->largest, kSlice + step) << step << ' ' << count;
            }
            forget_all();
        }
    }
}

// A round that is too long goes on in the next turn where it has stopped.
TEST_F(ReadyQueueTest, ServesAllAlthoughARoundEndsEarly) {
    constexpr std::uint64_t kPeers = 1'000;
    for (std::uint64_t i = 0; i < kPeers; ++i) {
        add(2'000).come(kEndless);
    }
    // Once each as light ones, once each as busy ones.
    for (std::uint64_t slices = 1; slices <= 2; ++slices) {
        while (peers_.back()->slices < slices) {
            EXPECT_LE(work_of_round(), 2 * (ReadyQueue::kRoundWork + kSlice + 2'000));
        }
    }
    for (const auto& peer : peers_) {
        EXPECT_GE(peer->slices, 2U);
        EXPECT_LE(peer->slices, 4U);
    }
    forget_all();
    EXPECT_EQ(work_of_round(), 0U);
}

TEST_F(ReadyQueueTest, ServesALightOneAfterOneSliceOfTheBusy) {
    for (int i = 0; i < 50; ++i) {
        add(500).come(kEndless);
    }
    for (int round = 0; round < 5; ++round) {
        run_round();
    }
    SlicedPeer& newcomer = add(1);
    std::uint64_t came_at = 0;
    std::uint64_t waited = 0;
    int visits = 0;
    on_gap_ = [&] {
        if (newcomer.left == 0) {
            waited = std::max(waited, came_at == 0 ? 0 : newcomer.served_at - came_at);
            came_at = meter_.total();
            newcomer.come(1);
            ++visits;
        }
    };
    for (int round = 0; round < 5; ++round) {
        run_round();
    }
    EXPECT_GT(visits, 50);
    EXPECT_LE(waited, 1U);
    on_gap_ = {};
    forget_all();
}

// Many small requests are as good as few large ones: a peer that takes much is not light.
TEST_F(ReadyQueueTest, GivesALightOneNoMoreThanABusyOne) {
    SlicedPeer& busy = add(100);
    SlicedPeer& often = add(100);
    busy.come(kEndless);
    on_gap_ = [&] { often.come(kSlice / 100 - 1); };
    for (int round = 0; round < 1'000; ++round) {
        run_round();
    }
    EXPECT_LE(often.work, busy.work + ReadyQueue::kRoundWork);
    on_gap_ = {};
    forget_all();
}

// However large the steps are, the work is the same in the long run.
TEST_F(ReadyQueueTest, GivesEqualWorkToUnequalSteps) {
    add(50).come(kEndless);
    add(700).come(kEndless);
    add(10'000).come(kEndless);
    SlicedPeer& heavy = add(200'000);
    heavy.come(kEndless);
    for (int round = 0; round < 5'000; ++round) {
        run_round();
    }
    const std::uint64_t fair = meter_.total() / peers_.size();
    for (const auto& peer : peers_) {
        EXPECT_GT(peer->work, fair / 10 * 9) << peer->step;
        EXPECT_LT(peer->work, fair / 10 * 11) << peer->step;
    }
    EXPECT_GT(queue_.overdrafts(), 0U);
    EXPECT_GE(queue_.largest_slice(), 200'000U);
    forget_all();
}

TEST_F(ReadyQueueTest, LeavesADebtorOutWhileOthersHaveTheirTurns) {
    SlicedPeer& heavy = add(10 * kSlice);
    SlicedPeer& light = add(8);
    heavy.come(1);
    run_round();
    heavy.come(1);
    for (int round = 0; round < 9; ++round) {
        light.come(1);
        run_round();
        EXPECT_EQ(heavy.steps, 1U) << round;
    }
    EXPECT_EQ(light.steps, 9U);
    light.come(1);
    run_round();
    EXPECT_EQ(heavy.steps, 2U);
}

TEST_F(ReadyQueueTest, ServesADebtorThatIsAloneAtOnce) {
    SlicedPeer& heavy = add(1'000 * ReadyQueue::kMaxShare);
    heavy.come(3);
    for (int round = 0; round < 6; ++round) {
        run_round();
    }
    EXPECT_EQ(heavy.steps, 3U);
    EXPECT_TRUE(queue_.empty());
}

TEST_F(ReadyQueueTest, SavesNothingForThoseThatWereIdle) {
    SlicedPeer& idle = add(8);
    SlicedPeer& busy = add(8);
    busy.come(kEndless);
    for (int round = 0; round < 1'000; ++round) {
        run_round();
    }
    idle.come(kEndless);
    run_round();
    EXPECT_LT(idle.largest, kSlice + 8);
    forget_all();
}

TEST_F(ReadyQueueTest, TakesABusyOneForLightAgainWhenASliceWasNotUsedUp) {
    SlicedPeer& peer = add(8);
    peer.come(2 * kSlice / 8);
    queue_.run_light();
    EXPECT_TRUE(queue_.has_busy());
    run_round();
    run_round();
    EXPECT_TRUE(queue_.empty());
    peer.come(1);  // it ended with the last unit of its slice: still busy
    EXPECT_TRUE(queue_.has_busy());
    run_round();
    peer.come(1);
    EXPECT_TRUE(queue_.has_light());
    forget_all();
}

// It keeps its place behind those that ask little, also if its slices are long enough for it.
TEST_F(ReadyQueueTest, TakesForBusyWhoseWorkWouldFillAShortSlice) {
    queue_.make_slices_short(false);
    SlicedPeer& peer = add(8);
    peer.come(kSlice / 8);
    run_round();
    EXPECT_EQ(peer.slices, 1U);
    peer.come(kSlice / 8 - 1);
    EXPECT_TRUE(queue_.has_busy());
    run_round();
    peer.come(1);
    EXPECT_TRUE(queue_.has_light());
    forget_all();
}

// Runs any function.
struct Call final : TurnWork {
    explicit Call(std::function<void()> what) : run(std::move(what)) {}

    void run_turn_work() override { run(); }

    std::function<void()> run;
};

TEST_F(ReadyQueueTest, ForgetsWorkBeforeWhileAndAfterItRuns) {
    std::string ran;
    auto doomed = std::make_unique<Call>([&] { ran += 'd'; });
    std::unique_ptr<Call> itself;
    itself = std::make_unique<Call>([&] {
        ran += 'i';
        queue_.push(*itself);
        queue_.forget(*itself);
    });
    Call first([&] {
        ran += 'f';
        queue_.forget(*doomed);
        doomed.reset();
    });
    queue_.push(first);
    queue_.push(*doomed);
    queue_.push(*itself);
    run_round();
    itself.reset();
    run_round();
    EXPECT_EQ(ran, "fi");
}

TEST_F(ReadyQueueTest, KeepsTheOrderOfThoseThatWait) {
    std::string ran;
    Call a([&] {
        ran += 'a';
        queue_.push(a);
    });
    Call b([&] { ran += 'b'; });
    Call c([&] {
        ran += 'c';
        queue_.push(c);
    });
    queue_.push(a);
    queue_.push(b);
    queue_.push(c);
    run_round();
    queue_.push(b);
    run_round();
    EXPECT_EQ(ran, "abcacb");
}

TEST(WorkMeter, HasNoLimitOutsideASlice) {
    WorkMeter meter;
    meter.add(1'000'000'000);
    EXPECT_FALSE(meter.slice_is_over());
    meter.begin_slice(10);
    meter.add(9);
    EXPECT_FALSE(meter.slice_is_over());
    meter.add(1);
    EXPECT_TRUE(meter.slice_is_over());
    meter.add(5);
    EXPECT_EQ(meter.end_slice(), 15U);
    EXPECT_FALSE(meter.slice_is_over());
    EXPECT_EQ(meter.total(), 1'000'000'015U);
}

}  // namespace
}  // namespace telex::reactor
