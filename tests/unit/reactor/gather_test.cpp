#include "reactor/gather.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace telex::reactor {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Optional;

constexpr std::chrono::milliseconds kLong = 60s;

class GatherTest : public ::testing::Test {
protected:
    GatherTest() {
        for (std::uint16_t i = 0; i < 3; ++i) {
            owned_.push_back(std::make_unique<Reactor>(i));
            reactors_.push_back(owned_.back().get());
            owned_.back()->start();
        }
    }

    // Blocks a reactor until the promise is set.
    std::promise<void> hold(std::size_t index) {
        std::promise<void> release;
        owned_[index]->post([future = release.get_future().share()] { future.wait(); });
        return release;
    }

    std::vector<std::unique_ptr<Reactor>> owned_;
    std::vector<Reactor*> reactors_;
};

TEST_F(GatherTest, CollectsTheReplyOfEachReactor) {
    const auto replies = gather_within<std::string>(reactors_, kLong, [this](std::size_t index) {
        return reactors_[index]->on_this_thread() ? std::to_string(index) : "another thread";
    });
    EXPECT_THAT(replies, Optional(ElementsAre("0", "1", "2")));
}

// Another task has its turn between two slices of a job.
TEST_F(GatherTest, RunsJobsInSlices) {
    struct Job {
        bool run() {
            others_seen += others->load() > steps ? 1 : 0;
            reactor->post([others = others] { ++*others; });
            return ++steps == 5;
        }

        int take() const { return others_seen; }

        Reactor* reactor = nullptr;
        std::shared_ptr<std::atomic<int>> others = std::make_shared<std::atomic<int>>(0);
        int steps = 0;
        int others_seen = 0;
    };

    const auto replies = gather_in_slices_within<int>(reactors_, kLong, [this](std::size_t index) {
        Job job;
        job.reactor = reactors_[index];
        reactors_[index]->post([others = job.others] { ++*others; });
        return job;
    });
    EXPECT_THAT(replies, Optional(ElementsAre(4, 4, 4)));
}

TEST_F(GatherTest, GivesUpOnJobsThatTakeTooLong) {
    struct Endless {
        bool run() const { return false; }

        int take() const { return 0; }
    };

    EXPECT_EQ(
        gather_in_slices_within<int>(reactors_, 1ms, [](std::size_t) { return Endless{}; }),
        std::nullopt
    );
}

TEST_F(GatherTest, DeliversOnce) {
    std::promise<std::vector<int>> replies;
    gather<int>(
        reactors_,
        [](std::size_t index) { return static_cast<int>(index); },
        [&](std::vector<int> all) { replies.set_value(std::move(all)); }  // throws the second time
    );
    EXPECT_THAT(replies.get_future().get(), ElementsAre(0, 1, 2));
}

TEST_F(GatherTest, WaitsWithoutALimit) {
    EXPECT_THAT(
        gather_within<int>(reactors_, std::nullopt, [](std::size_t) { return 1; }),
        Optional(ElementsAre(1, 1, 1))
    );
}

TEST_F(GatherTest, ReturnsNothingIfAReactorIsLate) {
    auto release = hold(1);
    const auto question = [](std::size_t index) { return index; };
    EXPECT_EQ(gather_within<std::size_t>(reactors_, 20ms, question), std::nullopt);
    release.set_value();
    // The late reply to the first question does not disturb the second one.
    EXPECT_THAT(
        gather_within<std::size_t>(reactors_, kLong, question), Optional(ElementsAre(0U, 1U, 2U))
    );
}

TEST_F(GatherTest, DoesNotWaitForAReactorThatEnds) {
    owned_[0]->stop();
    owned_[0]->join();
    std::promise<void> asked;
    auto replies = std::async(std::launch::async, [&] {
        return gather_within<int>(reactors_, std::nullopt, [&](std::size_t index) {
            if (index == 1) {
                asked.set_value();  // after the question to reactor 0
            }
            return 1;
        });
    });
    asked.get_future().wait();
    owned_[0].reset();
    EXPECT_EQ(replies.get(), std::nullopt);
}

TEST_F(GatherTest, ReleasesTheQuestionOfARequesterThatIsGone) {
    auto release = hold(0);
    auto owned = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = owned;
    EXPECT_EQ(
        gather_within<int>(reactors_, 1ms, [owned](std::size_t) { return *owned; }), std::nullopt
    );
    owned.reset();
    EXPECT_FALSE(watch.expired()) << "a late reactor still needs it";
    release.set_value();
    EXPECT_TRUE(gather_within<int>(reactors_, kLong, [](std::size_t) { return 1; }));
    // The tasks before this question have run, and are destroyed with their reactors.
    owned_.clear();
    EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace telex::reactor
