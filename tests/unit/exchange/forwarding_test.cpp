#include "exchange/forwarding.hpp"

#include "exchange/shard.hpp"
#include "support/running_exchange.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;

class ForwardingTest : public ::testing::Test {
protected:
    ForwardingTest() {
        running_.on(receiver_, [&] { receiver_.subscribe(1, "a"); });
        running_.settle();
    }

    // Batches that are sent in one turn: each message fills one.
    void send(int count) {
        running_.on(sender_, [&] {
            for (int i = 0; i < count; ++i) {
                sender_.publish("a", std::string(300'000, 'x'));
            }
        });
        running_.settle();
    }

    std::size_t spare() {
        return running_.on(sender_, [&] { return forwarding().spare_batches(); });
    }

    void shrink() {
        running_.on(sender_, [&] { forwarding().shrink(); });
    }

    Forwarding& forwarding() { return sender_.shard.forwarding(); }

    RunningExchange running_{2};
    PlainClient& sender_ = running_.client(0);
    PlainClient& receiver_ = running_.client(1);
};

TEST_F(ForwardingTest, KeepsTheBatchesThatWereNeededSinceTheLastShrink) {
    send(3);
    EXPECT_EQ(spare(), 3U);
    shrink();
    EXPECT_EQ(spare(), 3U);
    send(2);
    shrink();
    EXPECT_EQ(spare(), 2U);
    shrink();
    EXPECT_EQ(spare(), 0U);
}

TEST_F(ForwardingTest, KeepsAtMostEightBatches) {
    send(12);
    EXPECT_EQ(spare(), 8U);
}

}  // namespace
}  // namespace telex::exchange
