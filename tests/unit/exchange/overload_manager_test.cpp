#include "exchange/overload_manager.hpp"

#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <string>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::RunningExchange;
using ::testing::ElementsAre;

constexpr std::size_t kShards = 3;

// Three shards with clients that are numbers of this test's: what they hold, by owner.
class OverloadManagerTest : public ::testing::Test {
protected:
    struct FakeClient {
        std::string owner;
        std::size_t bytes;
        std::size_t granted;

        HolderKey key() const { return {owner, static_cast<unsigned>(std::bit_width(bytes))}; }
    };

    OverloadManagerTest() {
        for (std::size_t i = 0; i < kShards; ++i) {
            running_.at(i, [&] {
                running_.exchange().shard(i).on_memory_shortage(
                    [this, i] { return asked(i); },
                    [this, i](const HolderKey& holders, std::size_t bytes) {
                        shed(i, holders, bytes);
                    }
                );
            });
        }
    }

    ~OverloadManagerTest() override {
        for (std::size_t i = 0; i < kShards; ++i) {
            running_.at(i, [&] {
                running_.exchange().shard(i).account().release(held(i));
                clients_[i].clear();
            });
        }
    }

    // One more client of `owner`.
    void hold(
        std::size_t shard, std::size_t bytes, const std::string& owner, std::size_t granted = 0
    ) {
        running_.at(shard, [&] { add_client(shard, {owner, bytes, granted}); });
        running_.settle();
    }

    // Of an owner that has clients on this shard only.
    void hold(std::size_t shard, std::size_t bytes) {
        hold(shard, bytes, "shard " + std::to_string(shard));
    }

    // On the shard's thread.
    void add_client(std::size_t shard, FakeClient client) {
        Shard& home = running_.exchange().shard(shard);
        home.account().charge(client.bytes);
        home.reactor().ensure_turn();
        clients_[shard].push_back(std::move(client));
    }

    // Any thread: a round may still be going on.
    std::vector<int> cuts() const { return {cuts_.begin(), cuts_.end()}; }

    static ExchangeOptions small() {
        ExchangeOptions options;
        options.memory_budget_bytes = 1000;
        return options;
    }

    std::array<std::vector<FakeClient>, kShards> clients_;
    std::array<std::atomic<int>, kShards> cuts_{};
    std::array<std::size_t, kShards> leaving_{};
    // The size of a client that comes to the last shard as soon as it has told what it holds.
    std::size_t latecomer_ = 0;
    RunningExchange running_{kShards, small()};

private:
    std::size_t held(std::size_t shard) const {
        std::size_t bytes = 0;
        for (const FakeClient& client : clients_[shard]) {
            bytes += client.bytes;
        }
        return bytes;
    }

    std::vector<Holding> asked(std::size_t shard) {
        if (shard == kShards - 1 && latecomer_ != 0) {
            running_.exchange().shard(shard).reactor().post([this, bytes = latecomer_] {
                add_client(kShards - 1, {"latecomer", bytes, 0});
                running_.exchange().shard(kShards - 1).account().settle();
            });
            latecomer_ = 0;
        }
        return holdings(shard);
    }

    std::vector<Holding> holdings(std::size_t shard) const {
        std::vector<Holding> holdings;
        holdings.reserve(clients_[shard].size() + 1);
        for (const FakeClient& client : clients_[shard]) {
            holdings.push_back(
                {.holders = client.key(), .bytes = client.bytes, .granted = client.granted}
            );
        }
        holdings.push_back({.holders = {}, .bytes = leaving_[shard], .leaving = true});
        return holdings;
    }

    void shed(std::size_t shard, const HolderKey& holders, std::size_t bytes) {
        std::size_t freed = 0;
        std::erase_if(clients_[shard], [&](const FakeClient& client) {
            if (freed >= bytes || client.key() != holders) {
                return false;
            }
            freed += client.bytes;
            ++cuts_[shard];
            return true;
        });
        running_.exchange().shard(shard).account().release(freed);
    }
};

TEST_F(OverloadManagerTest, ClosesNothingWithinTheBudget) {
    hold(0, 600);
    hold(1, 400);
    EXPECT_THAT(cuts(), ElementsAre(0, 0, 0));
}

// The shard that goes over the budget is not the one that holds the most.
TEST_F(OverloadManagerTest, CutsTheLargestHolderWhereverItIs) {
    hold(0, 600);
    hold(1, 300);
    hold(2, 200);
    EXPECT_THAT(cuts(), ElementsAre(1, 0, 0));
    EXPECT_EQ(running_.exchange().budget().used(), 500U);
}

TEST_F(OverloadManagerTest, GoesOnUntilItIsEnough) {
    hold(0, 300);
    hold(1, 700);
    hold(2, 1'500);
    EXPECT_THAT(cuts(), ElementsAre(0, 0, 1));
    EXPECT_EQ(running_.exchange().budget().used(), 1'000U);
    hold(2, 900);
    EXPECT_THAT(cuts(), ElementsAre(0, 0, 2));
}

// A share that the configuration grants may be larger than those of others.
TEST_F(OverloadManagerTest, SparesAnOwnerWithinAShareThatIsGranted) {
    hold(0, 500, "large", 600);
    hold(1, 100, "small");
    hold(2, 450, "greedy");
    EXPECT_THAT(cuts(), ElementsAre(0, 0, 1));
    hold(0, 450, "large", 600);
    EXPECT_THAT(cuts(), ElementsAre(1, 0, 1)) << "it has 950 of 600";
}

// A small share that is granted takes nothing away: the others' equal share is larger.
TEST_F(OverloadManagerTest, IgnoresAGrantThatIsLessThanAnEqualShare) {
    hold(0, 300, "careful", 10);
    hold(1, 800, "other");
    EXPECT_THAT(cuts(), ElementsAre(0, 1, 0));
}

// Many small clients of one owner hold more than one large client of another.
TEST_F(OverloadManagerTest, CutsACrowdRatherThanOneLargerClient) {
    hold(0, 300, "honest");
    for (std::size_t i = 0; i < 50; ++i) {
        hold(i % kShards, 15, "crowd");
    }
    running_.at(0, [&] { EXPECT_EQ(clients_[0].front().owner, "honest"); });
    EXPECT_LE(running_.exchange().budget().used(), 1'000U);
    EXPECT_GE(cuts_[0] + cuts_[1] + cuts_[2], 4);
    EXPECT_GT(cuts_[1], 0) << "each shard its part";
}

// The same where nothing tells the owners apart.
TEST_F(OverloadManagerTest, CutsACrowdOfTheSameOwnerRatherThanOneLargerClient) {
    hold(0, 300, "here");
    for (std::size_t i = 0; i < 50; ++i) {
        hold(i % kShards, 15, "here");
    }
    running_.at(0, [&] { EXPECT_EQ(clients_[0].front().bytes, 300U); });
    EXPECT_LE(running_.exchange().budget().used(), 1'000U);
}

TEST_F(OverloadManagerTest, CutsTheLargestClientOfAnOwnerRatherThanItsSmallOnes) {
    for (std::size_t i = 0; i < 20; ++i) {
        hold(i % kShards, 15, "here");
    }
    hold(1, 800, "here");
    EXPECT_THAT(cuts(), ElementsAre(0, 1, 0));
}

// Their memory will be free soon: no other client is cut for it.
TEST_F(OverloadManagerTest, WaitsForThoseThatAreLeaving) {
    running_.at(0, [&] { leaving_[0] = 500; });
    hold(0, 700);
    hold(1, 400);
    EXPECT_THAT(cuts(), ElementsAre(0, 0, 0));
    running_.at(0, [&] { leaving_[0] = 0; });
    while (cuts_[0] == 0) {
        hold(1, 1);  // a moment later
    }
    EXPECT_THAT(cuts(), ElementsAre(1, 0, 0));
}

// One shard reads the total, another ends a round, the first begins one: no connection is left to
// close.
TEST_F(OverloadManagerTest, ClosesNothingForAnOutdatedTotal) {
    hold(0, 600);
    running_.at(1, [&] {
        running_.exchange().overload_manager().begin(running_.exchange().shard(1));
    });
    running_.settle();
    EXPECT_THAT(cuts(), ElementsAre(0, 0, 0));
    hold(1, 700);
    EXPECT_THAT(cuts(), ElementsAre(0, 1, 0)) << "and it can begin again";
}

// A client that was in no reply is to blame: the next round finds it.
TEST_F(OverloadManagerTest, SparesOthersForAClientThatCameAfterTheQuestion) {
    hold(0, 100);
    Shard& last = running_.exchange().shard(kShards - 1);
    running_.at(kShards - 1, [&] {
        latecomer_ = 950;
        running_.exchange().overload_manager().begin(last);
    });
    running_.settle();
    while (cuts_[0] + cuts_[2] == 0) {
        hold(1, 1);  // a moment later
    }
    EXPECT_THAT(cuts(), ElementsAre(0, 0, 1));
}

TEST_F(OverloadManagerTest, EndsWithoutAConnectionToClose) {
    running_.at(0, [&] {
        Shard& shard = running_.exchange().shard(0);
        shard.account().charge(5'000);
        shard.reactor().ensure_turn();
    });
    running_.settle();
    EXPECT_THAT(cuts(), ElementsAre(0, 0, 0));
    running_.at(0, [&] { running_.exchange().shard(0).account().release(5'000); });
    hold(1, 2'000);
    while (cuts_[1] == 0) {
        hold(0, 1);  // a moment later
    }
    EXPECT_THAT(cuts(), ElementsAre(0, 1, 0)) << "and it can begin again";
}

}  // namespace
}  // namespace telex::exchange
