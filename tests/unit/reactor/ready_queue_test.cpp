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
};

class ReadyQueueTest : public ::testing::Test {
protected:
    SlicedPeer& add(std::uint64_t step) {
        peers_.push_back(std::make_unique<SlicedPeer>(queue_, meter_, step));
        return *peers_.back();
    }

    std::uint64_t work_of_round() {
        const std::uint64_t before = meter_.total();
        queue_.run_round();
        return meter_.total() - before;
    }

    WorkMeter meter_;
    ReadyQueue queue_{meter_};
    std::vector<std::unique_ptr<SlicedPeer>> peers_;
};

constexpr std::uint64_t kEndless = 1'000'000'000;

TEST_F(ReadyQueueTest, DividesARoundAmongThoseThatWait) {
    EXPECT_EQ(ReadyQueue::share_of(0), ReadyQueue::kMaxShare);
    EXPECT_EQ(ReadyQueue::share_of(1), ReadyQueue::kMaxShare);
    for (const std::size_t count : {2U, 3U, 10U, 64U}) {
        EXPECT_LE(ReadyQueue::share_of(count) * count, ReadyQueue::kRoundWork);
    }
    EXPECT_EQ(ReadyQueue::share_of(10'000), ReadyQueue::kMinShare);
}

TEST_F(ReadyQueueTest, EndsEachSliceAtItsShareWhateverAStepCosts) {
    for (const std::uint64_t step : {8U, 100U, 3'000U}) {
        for (const std::size_t count : {1U, 2U, 7U, 100U}) {
            peers_.clear();
            for (std::size_t i = 0; i < count; ++i) {
                add(step).come(kEndless);
            }
            const std::uint64_t share = ReadyQueue::share_of(count);
            for (int round = 0; round < 20; ++round) {
                EXPECT_LE(
                    work_of_round(),
                    std::min(count * (share + step), ReadyQueue::kMaxRoundWork + share + step)
                );
            }
            for (const auto& peer : peers_) {
                EXPECT_LT(peer->largest, share + step) << step << ' ' << count;
                queue_.forget(*peer);
            }
        }
    }
}

// A round that is too long goes on in the next turn where it has stopped.
TEST_F(ReadyQueueTest, ServesAllAlthoughARoundEndsEarly) {
    constexpr std::uint64_t kPeers = 1'000;
    for (std::uint64_t i = 0; i < kPeers; ++i) {
        add(2'000).come(kEndless);
    }
    std::uint64_t rounds = 0;
    for (; peers_.back()->slices == 0; ++rounds) {
        EXPECT_LE(work_of_round(), ReadyQueue::kMaxRoundWork + ReadyQueue::kMinShare + 2'000);
    }
    EXPECT_GE(rounds, kPeers * 2'000 / (ReadyQueue::kMaxRoundWork + 4'000));
    for (const auto& peer : peers_) {
        EXPECT_GE(peer->slices, 1U);
        EXPECT_LE(peer->slices, 2U);
    }
    for (const auto& peer : peers_) {
        queue_.forget(*peer);
    }
    EXPECT_EQ(work_of_round(), 0U);
}

TEST_F(ReadyQueueTest, ServesANewcomerAfterOneSliceOfEachOther) {
    for (int i = 0; i < 50; ++i) {
        add(500).come(kEndless);
    }
    for (int round = 0; round < 5; ++round) {
        queue_.run_round();
    }
    std::vector<std::uint64_t> before;
    for (const auto& peer : peers_) {
        before.push_back(peer->slices);
    }
    SlicedPeer& newcomer = add(1);
    newcomer.come(1);
    queue_.run_round();
    EXPECT_EQ(newcomer.steps, 1U);
    for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_LE(peers_[i]->slices, before[i] + 1);
    }
}

// However large the steps are, the work is the same in the long run.
TEST_F(ReadyQueueTest, GivesEqualWorkToUnequalSteps) {
    add(50).come(kEndless);
    add(700).come(kEndless);
    add(10'000).come(kEndless);
    SlicedPeer& heavy = add(200'000);
    heavy.come(kEndless);
    for (int round = 0; round < 5'000; ++round) {
        queue_.run_round();
    }
    const std::uint64_t fair = meter_.total() / peers_.size();
    for (const auto& peer : peers_) {
        EXPECT_GT(peer->work, fair / 10 * 9) << peer->step;
        EXPECT_LT(peer->work, fair / 10 * 11) << peer->step;
    }
    EXPECT_GT(queue_.overdrafts(), 0U);
    EXPECT_GE(queue_.largest_slice(), 200'000U);
}

TEST_F(ReadyQueueTest, LeavesADebtorOutWhileOthersHaveTheirTurns) {
    SlicedPeer& heavy = add(10 * ReadyQueue::kMaxShare);
    SlicedPeer& light = add(8);
    heavy.come(1);
    queue_.run_round();
    heavy.come(1);
    for (int round = 0; round < 8; ++round) {
        light.come(1);
        queue_.run_round();
        EXPECT_EQ(heavy.steps, 1U) << round;
    }
    EXPECT_EQ(light.steps, 8U);
    for (int round = 0; round < 3; ++round) {
        light.come(1);
        queue_.run_round();
    }
    EXPECT_EQ(heavy.steps, 2U);
}

TEST_F(ReadyQueueTest, ServesADebtorThatIsAloneAtOnce) {
    SlicedPeer& heavy = add(1'000 * ReadyQueue::kMaxShare);
    heavy.come(3);
    for (int round = 0; round < 5; ++round) {
        queue_.run_round();
    }
    EXPECT_EQ(heavy.steps, 3U);
    EXPECT_TRUE(queue_.empty());
}

TEST_F(ReadyQueueTest, SavesNothingForThoseThatWereIdle) {
    SlicedPeer& idle = add(8);
    SlicedPeer& busy = add(8);
    busy.come(kEndless);
    for (int round = 0; round < 1'000; ++round) {
        queue_.run_round();
    }
    idle.come(kEndless);
    queue_.run_round();
    EXPECT_LT(idle.largest, ReadyQueue::share_of(2) + 8);
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
    queue_.run_round();
    itself.reset();
    queue_.run_round();
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
    queue_.run_round();
    queue_.push(b);
    queue_.run_round();
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
