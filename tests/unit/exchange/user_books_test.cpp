// The books of each user, of the clients that are there and of those that have left.
#include "exchange/user_books.hpp"

#include "support/running_exchange.hpp"

#include <gtest/gtest.h>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;

TEST(UserBooks, KeepWhatClientsThatHaveLeftReceived) {
    RunningExchange running(1);
    PlainClient& first = running.client(0);
    PlainClient& second = running.client(0);
    PlainClient& stranger = running.client(0);
    for (PlainClient* const client : {&first, &second}) {
        running.on(*client, [&] {
            client->user = true;
            client->subscribe(1, "a");
        });
    }
    running.on(stranger, [&] { stranger.publish("a", "x"); });
    running.on(second, [&] { second.sent = broker::not_sent(DropReason::too_large); });
    running.on(stranger, [&] {
        stranger.subscribe(1, "a");
        stranger.publish("a", "y");
    });
    running.leave(first);
    running.leave(second);
    const UserBooks books = running.at(0, [&] { return running.exchange().shard(0).user_books(); });
    ASSERT_EQ(books.left().size(), 1U) << "the third client is still there";
    const ClientBooks& of_user = books.left().at("somebody");
    EXPECT_EQ(of_user.routed, 4U);
    EXPECT_EQ(of_user.delivered(), 3U);
    EXPECT_EQ(of_user.dropped, 1U);
    EXPECT_EQ(of_user.held, 0U);
    running.leave(stranger);
    EXPECT_EQ(
        running.at(0, [&] { return running.exchange().shard(0).user_books().left().size(); }), 2U
    );
}

TEST(UserBooks, LeaveOutClientsThatReceivedNothing) {
    RunningExchange running(1);
    running.leave(running.client(0));
    EXPECT_TRUE(running.at(0, [&] {
        return running.exchange().shard(0).user_books().left().empty();
    }));
}

}  // namespace
}  // namespace telex::exchange
