// Lists that are made in slices: complete, whatever the size of a slice, while connections end.
#include "server/admin/connection_listing.hpp"
#include "server/admin/subscription_listing.hpp"
#include "server/connection/connection.hpp"
#include "support/memory_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace telex::server {
namespace {

using telex::testing::MemoryServer;
using telex::testing::MemoryTelex;
using ::testing::ElementsAre;

constexpr std::uint64_t kListSlice = 3 * reactor::work::kListEntry;

class Lists : public ::testing::Test {
protected:
    Lists() {
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

std::vector<std::uint64_t> numbers_of(const ConnectionListing::Part& part) {
    std::vector<std::uint64_t> numbers;
    for (const auto& [key, info] : part.rows) {
        numbers.push_back(info.number());
    }
    return numbers;
}

TEST_F(Lists, HaveSubscriptionsInSlices) {
    v1::ListSubscriptions query;
    query.set_limit(1'000);
    const auto all = list<SubscriptionListing>(query, [](int) {});
    EXPECT_EQ(all.total, 100U);
    const auto sorted = merge<v1::SubscriptionInfo>({all}, 1'000).rows;
    ASSERT_EQ(sorted.size(), 100U);
    EXPECT_GE(slices_, 30);
    EXPECT_EQ(sorted[9].second.id(), 10U);
    EXPECT_EQ(sorted[10].second.id(), 1U) << "of the next connection";
    query.set_limit(5);
    query.set_subject("a.15");
    const auto some = list<SubscriptionListing>(query, [](int) {});
    EXPECT_EQ(some.total, 3U);
    EXPECT_EQ(some.rows.size(), 3U);
}

TEST_F(Lists, HaveTheSubscriptionsOfOneConnection) {
    v1::ListSubscriptions query;
    query.set_limit(1'000);
    for (const std::uint64_t number : {1U, 2U, 3U, 4U}) {
        query.set_connection(number);
        EXPECT_EQ(list<SubscriptionListing>(query, [](int) {}).total, 10 * number);
    }
    query.set_connection(5);
    EXPECT_EQ(list<SubscriptionListing>(query, [](int) {}).total, 0U);
}

// The connection at which the list stopped is gone when it goes on.
TEST_F(Lists, GoOnAfterTheConnectionHasEnded) {
    v1::ListSubscriptions query;
    query.set_limit(1'000);
    const auto rest = list<SubscriptionListing>(query, [&](int slice) {
        if (slice == 8) {  // within the second connection
            end(2);
        }
    });
    EXPECT_LT(rest.total, 100U - 5);
    EXPECT_GE(rest.total, 80U) << "all of the others";
}

TEST_F(Lists, HaveTheLargestConnectionsInSlices) {
    v1::ListConnections query;
    query.set_order(v1::ListConnections::BY_SUBSCRIPTIONS);
    query.set_limit(3);
    const auto part = list<ConnectionListing>(query, [](int) {});
    EXPECT_EQ(part.total, 4U);
    EXPECT_EQ(part.after, 4U);
    EXPECT_THAT(numbers_of(part), ElementsAre(4U, 3U, 2U));
    EXPECT_GE(slices_, 2);
    query.set_reverse(true);
    EXPECT_THAT(numbers_of(list<ConnectionListing>(query, [](int) {})), ElementsAre(1U, 2U, 3U));
}

TEST_F(Lists, LeaveOutConnectionsThatEndBeforeTheyAreDescribed) {
    v1::ListConnections query;
    query.set_order(v1::ListConnections::BY_SUBSCRIPTIONS);
    const auto part = list<ConnectionListing>(query, [&](int slice) {
        if (slice == 2) {
            end(1);
        }
    });
    EXPECT_EQ(part.rows.size(), 3U);
}

// Each page costs the same: no more than `limit` rows are kept or described.
TEST_F(Lists, ContinueAfterAPage) {
    v1::ListConnections query;
    query.set_limit(3);
    const auto first = merge<v1::ConnectionInfo>({list<ConnectionListing>(query, [](int) {})}, 3);
    EXPECT_THAT(numbers_of(first), ElementsAre(1U, 2U, 3U));
    query.set_after(next_of(first));
    const auto second = merge<v1::ConnectionInfo>({list<ConnectionListing>(query, [](int) {})}, 3);
    EXPECT_THAT(numbers_of(second), ElementsAre(4U));
    EXPECT_EQ(second.total, 4U) << "of all pages";
    EXPECT_EQ(next_of(second), "");
}

TEST_F(Lists, ContinueWithinAConnectionAfterAPageOfSubscriptions) {
    v1::ListSubscriptions query;
    query.set_limit(7);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> seen;
    do {
        const auto page =
            merge<v1::SubscriptionInfo>({list<SubscriptionListing>(query, [](int) {})}, 7);
        for (const auto& [key, info] : page.rows) {
            seen.emplace_back(info.connection(), info.id());
        }
        query.set_after(next_of(page));
        ASSERT_LE(seen.size(), 100U);
    } while (!query.after().empty());
    EXPECT_EQ(seen.size(), 100U);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
}

TEST_F(Lists, ContinueAmongEqualRanks) {
    v1::ListConnections query;
    query.set_order(v1::ListConnections::BY_DROPPED_MESSAGES);
    query.set_limit(1);
    std::vector<std::uint64_t> seen;
    do {
        const auto page =
            merge<v1::ConnectionInfo>({list<ConnectionListing>(query, [](int) {})}, 1);
        seen.push_back(numbers_of(page).at(0));
        query.set_after(next_of(page));
    } while (!query.after().empty() && seen.size() < 10);
    EXPECT_THAT(seen, ElementsAre(1U, 2U, 3U, 4U));
}

// Every page of a reversed list is a part of the list read backwards.
TEST_F(Lists, ContinueAmongEqualRanksTheOtherWayRound) {
    v1::ListConnections query;
    query.set_order(v1::ListConnections::BY_DROPPED_MESSAGES);
    query.set_reverse(true);
    query.set_limit(1);
    std::vector<std::uint64_t> seen;
    do {
        const auto page =
            merge<v1::ConnectionInfo>({list<ConnectionListing>(query, [](int) {})}, 1);
        seen.push_back(numbers_of(page).at(0));
        query.set_after(next_of(page));
    } while (!query.after().empty() && seen.size() < 10);
    EXPECT_THAT(seen, ElementsAre(4U, 3U, 2U, 1U));
}

TEST_F(Lists, OfSubscriptionsAreReversedAsAWhole) {
    for (const auto order :
         {v1::ListSubscriptions::BY_CONNECTION, v1::ListSubscriptions::BY_DELIVERED_MESSAGES}) {
        v1::ListSubscriptions query;
        query.set_order(order);
        query.set_limit(7);
        query.set_reverse(true);
        std::vector<std::pair<std::uint64_t, std::uint64_t>> seen;
        do {
            const auto page =
                merge<v1::SubscriptionInfo>({list<SubscriptionListing>(query, [](int) {})}, 7);
            for (const auto& [key, info] : page.rows) {
                seen.emplace_back(info.connection(), info.id());
            }
            query.set_after(next_of(page));
            ASSERT_LE(seen.size(), 100U);
        } while (!query.after().empty());
        EXPECT_EQ(seen.size(), 100U);
        EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
    }
}

TEST_F(Lists, AreSearchedAsAWhole) {
    v1::ListSubscriptions query;
    query.set_limit(1);
    query.set_search("A.4");
    EXPECT_EQ(list<SubscriptionListing>(query, [](int) {}).total, 4U + 1) << "a.4 and a.40";
    query.set_search("b");
    EXPECT_EQ(list<SubscriptionListing>(query, [](int) {}).total, 0U);
    v1::ListConnections connections;
    connections.set_search(std::string(clients_.size(), 'x'));
    EXPECT_EQ(list<ConnectionListing>(connections, [](int) {}).total, 0U);
}

TEST(ListQueries, WithAnInvalidCursorAreRefused) {
    v1::ListConnections query;
    EXPECT_TRUE(check_page(query));
    query.set_after("1-2-3");
    EXPECT_TRUE(check_page(query));
    query.set_after("page 2");
    ASSERT_FALSE(check_page(query));
    EXPECT_EQ(check_page(query).error().code(), v1::AdminError::INVALID_ARGUMENT);
}

TEST(ListQueries, HaveALimitedSearch) {
    v1::ListSubscriptions query;
    query.set_search(std::string(64, 'a'));
    EXPECT_TRUE(check_page(query));
    query.set_search(std::string(65, 'a'));
    EXPECT_FALSE(check_page(query));
}

TEST(TextSearches, FoldAsciiLettersOnly) {
    EXPECT_TRUE(TextSearch("").finds_any({}));
    EXPECT_TRUE(TextSearch("SENSOR").finds_any({"", "a sensor"}));
    EXPECT_FALSE(TextSearch("sensor").finds_any({"sens", "or"}));
    EXPECT_FALSE(TextSearch("[").finds_any({"{"})) << "32 apart, as letters are";
}

}  // namespace
}  // namespace telex::server
