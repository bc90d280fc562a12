// Lists that are made in slices: complete, whatever the size of a slice, while connections end.
#include "server/admin/inventory.hpp"

#include "server/connection/connection.hpp"
#include "support/memory_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace telex::server {
namespace {

using telex::testing::MemoryServer;
using telex::testing::MemoryTelex;
using ::testing::ElementsAre;

constexpr std::uint64_t kListSlice = 3 * reactor::work::kListEntry;

class Inventory : public ::testing::Test {
protected:
    Inventory() {
        for (std::uint64_t i = 1; i <= 4; ++i) {
            clients_.emplace_back(server_.connect());
            clients_.back().open();
            for (std::uint64_t id = 1; id <= 10 * i; ++id) {
                clients_.back().send(testing::subscribe(id, "a." + std::to_string(id)));
                EXPECT_EQ(clients_.back().next(), "subscribed " + std::to_string(id));
            }
        }
    }

    // Makes the list on the reactor; returns the number of slices. between(slice) is called after
    // each that was not the last.
    template <class Listing, class Query, class Between>
    auto list(const Query& query, Between between) {
        slices_ = 0;
        ConnectionTable& table = server_.worker(0).connections();
        reactor::WorkMeter meter;
        Listing listing(table, meter, query);
        bool done = false;
        while (!done) {
            server_.at(0, [&] {
                meter.begin_slice(kListSlice);
                done = listing.run();
                EXPECT_LE(meter.end_slice(), kListSlice + reactor::work::kListEntry);
            });
            ++slices_;
            if (!done) {
                between(slices_);
            }
        }
        return listing.take();
    }

    // Ends a connection, and waits until it has left.
    void end(std::size_t number) {
        clients_[number - 1].stream().finish();
        std::size_t left = clients_.size();
        while (left == clients_.size()) {
            server_.at(0, [&] { left = server_.worker(0).connections().size(); });
        }
    }

    MemoryServer server_{1};
    std::vector<MemoryTelex> clients_;
    int slices_ = 0;
};

TEST_F(Inventory, ListsSubscriptionsInSlices) {
    v1::ListSubscriptions query;
    query.set_limit(1'000);
    const auto all = list<SubscriptionListing>(query, [](int) {});
    EXPECT_EQ(all.total(), 100U);
    ASSERT_EQ(all.subscriptions_size(), 100);
    EXPECT_GE(slices_, 30);
    EXPECT_EQ(all.subscriptions(9).id(), 10U);
    EXPECT_EQ(all.subscriptions(10).id(), 1U) << "of the next connection";
    query.set_limit(5);
    query.set_subject("a.15");
    const auto some = list<SubscriptionListing>(query, [](int) {});
    EXPECT_EQ(some.total(), 3U);
    EXPECT_EQ(some.subscriptions_size(), 3);
}

TEST_F(Inventory, ListsTheSubscriptionsOfOneConnection) {
    v1::ListSubscriptions query;
    query.set_limit(1'000);
    for (const std::uint64_t number : {1U, 2U, 3U, 4U}) {
        query.set_connection(number);
        EXPECT_EQ(list<SubscriptionListing>(query, [](int) {}).total(), 10 * number);
    }
    query.set_connection(5);
    EXPECT_EQ(list<SubscriptionListing>(query, [](int) {}).total(), 0U);
}

// The connection at which the list stopped is gone when it goes on.
TEST_F(Inventory, GoesOnAfterTheConnectionHasEnded) {
    v1::ListSubscriptions query;
    query.set_limit(1'000);
    const auto rest = list<SubscriptionListing>(query, [&](int slice) {
        if (slice == 8) {  // within the second connection
            end(2);
        }
    });
    EXPECT_LT(rest.total(), 100U - 5);
    EXPECT_GE(rest.total(), 80U) << "all of the others";
}

TEST_F(Inventory, ListsTheLargestConnectionsInSlices) {
    v1::ListConnections query;
    query.set_order(v1::ListConnections::BY_SUBSCRIPTIONS);
    query.set_limit(3);
    const auto ranked = list<ConnectionListing>(query, [](int) {});
    EXPECT_EQ(ranked.total, 4U);
    std::vector<std::uint64_t> numbers;
    for (const auto& [rank, info] : ranked.connections) {
        numbers.push_back(info.number());
    }
    EXPECT_THAT(numbers, ElementsAre(4U, 3U, 2U));
    EXPECT_GE(slices_, 2);
}

TEST_F(Inventory, LeavesOutConnectionsThatEndBeforeTheyAreDescribed) {
    v1::ListConnections query;
    query.set_order(v1::ListConnections::BY_SUBSCRIPTIONS);
    const auto ranked = list<ConnectionListing>(query, [&](int slice) {
        if (slice == 2) {
            end(1);
        }
    });
    EXPECT_EQ(ranked.connections.size(), 3U);
}

}  // namespace
}  // namespace telex::server
