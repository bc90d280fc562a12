#include "exchange/overload_manager.hpp"

#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>

namespace telex::exchange {
namespace {

using telex::testing::RunningExchange;
using ::testing::ElementsAre;

// Three shards whose backlogs are numbers of this test's.
class OverloadManagerTest : public ::testing::Test {
protected:
    OverloadManagerTest() {
        for (std::size_t i = 0; i < 3; ++i) {
            running_.at(i, [&] {
                Shard& shard = running_.exchange().shard(i);
                shard.on_memory_shortage(
                    [this, i] { return backlogs_[i]; },
                    [this, i, &shard] {
                        ++cuts_[i];
                        shard.account().release(backlogs_[i]);
                        backlogs_[i] = 0;
                    }
                );
            });
        }
    }

    ~OverloadManagerTest() override {
        for (std::size_t i = 0; i < 3; ++i) {
            running_.at(i, [&] { running_.exchange().shard(i).account().release(backlogs_[i]); });
        }
    }

    void hold(std::size_t shard, std::size_t bytes) {
        running_.at(shard, [&] {
            backlogs_[shard] = bytes;
            running_.exchange().shard(shard).account().charge(bytes);
            running_.exchange().shard(shard).reactor().ensure_turn();
        });
        running_.settle();
    }

    static ExchangeOptions small() {
        ExchangeOptions options;
        options.memory_budget_bytes = 1000;
        return options;
    }

    std::array<std::size_t, 3> backlogs_{};
    std::array<int, 3> cuts_{};
    RunningExchange running_{3, small()};
};

TEST_F(OverloadManagerTest, ClosesNothingWithinTheBudget) {
    hold(0, 600);
    hold(1, 400);
    EXPECT_THAT(cuts_, ElementsAre(0, 0, 0));
}

// The shard that goes over the budget is not the one that holds the most.
TEST_F(OverloadManagerTest, CutsTheLargestBacklogWhereverItIs) {
    hold(0, 600);
    hold(1, 300);
    hold(2, 200);
    EXPECT_THAT(cuts_, ElementsAre(1, 0, 0));
    EXPECT_EQ(running_.exchange().budget().used(), 500U);
}

TEST_F(OverloadManagerTest, GoesOnUntilItIsEnough) {
    hold(0, 300);
    hold(1, 700);
    hold(2, 1'500);
    EXPECT_THAT(cuts_, ElementsAre(0, 0, 1));
    EXPECT_EQ(running_.exchange().budget().used(), 1'000U);
    hold(2, 900);
    EXPECT_THAT(cuts_, ElementsAre(0, 0, 2));
}

// One shard reads the total, another ends a round, the first begins one: no connection is left to
// close.
TEST_F(OverloadManagerTest, ClosesNothingForAnOutdatedTotal) {
    hold(0, 600);
    running_.at(1, [&] {
        running_.exchange().overload_manager().begin(running_.exchange().shard(1));
    });
    running_.settle();
    EXPECT_THAT(cuts_, ElementsAre(0, 0, 0));
    hold(1, 700);
    EXPECT_THAT(cuts_, ElementsAre(0, 1, 0)) << "and it can begin again";
}

TEST_F(OverloadManagerTest, EndsWithoutAConnectionToClose) {
    running_.at(0, [&] {
        Shard& shard = running_.exchange().shard(0);
        shard.account().charge(5'000);
        shard.reactor().ensure_turn();
    });
    running_.settle();
    EXPECT_THAT(cuts_, ElementsAre(0, 0, 0));
    running_.at(0, [&] { running_.exchange().shard(0).account().release(5'000); });
    hold(1, 2'000);
    EXPECT_THAT(cuts_, ElementsAre(0, 1, 0)) << "and it can begin again";
}

}  // namespace
}  // namespace telex::exchange
