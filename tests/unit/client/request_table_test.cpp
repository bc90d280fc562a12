#include "client/request_table.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

namespace telex::client {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{};

TEST(RequestTable, IdsAreNeverZeroNorRepeated) {
    RequestTable table;
    const auto first = table.add(kStart, nullptr);
    const auto second = table.add(kStart, nullptr);
    EXPECT_NE(first, 0U);
    EXPECT_NE(second, 0U);
    EXPECT_NE(first, second);
}

TEST(RequestTable, EachCompletionIsTakenOnce) {
    RequestTable table;
    const auto id = table.add(kStart + 1s, [](const Expected<Message>&) {});
    EXPECT_TRUE(table.take(id));
    EXPECT_FALSE(table.take(id));
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.next_deadline(), std::nullopt);
}

TEST(RequestTable, ExpiresTheEarliestFirstAndLeavesTheRest) {
    RequestTable table;
    std::vector<int> order;
    table.add(kStart + 3s, [&](const Expected<Message>&) { order.push_back(3); });
    table.add(kStart + 2s, [&](const Expected<Message>&) { order.push_back(2); });
    table.add(kStart + 1s, [&](const Expected<Message>&) { order.push_back(1); });
    EXPECT_EQ(table.next_deadline(), kStart + 1s);
    for (const Completion& expired : table.take_expired(kStart + 2s)) {
        expired(Message{});
    }
    EXPECT_EQ(order, (std::vector{1, 2}));
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(table.next_deadline(), kStart + 3s);
}

TEST(RequestTable, HoldsDurablePublicationsToo) {
    RequestTable table;
    Expected<StoredAt> stored;
    Expected<Message> reply;
    const auto publication = table.add(kStart, [&](Expected<StoredAt> one) { stored = one; });
    const auto request = table.add(kStart, [&](Expected<Message> one) { reply = one; });
    table.take(publication)(StoredAt{"LOG", 7, false});
    EXPECT_EQ(stored, (StoredAt{"LOG", 7, false}));
    table.take(request)(StoredAt{"LOG", 7, false});
    EXPECT_EQ(reply.error().code, Errc::server_protocol_error);
    table.take(table.add(kStart, [&](Expected<StoredAt> one) { stored = one; }))(Message{});
    EXPECT_EQ(stored.error().code, Errc::server_protocol_error);
    table.take(table.add(kStart, [&](Expected<StoredAt> one) { stored = one; })
    ).fail({Errc::wrong_sequence, "no", 12});
    EXPECT_EQ(stored.error(), (Error{Errc::wrong_sequence, "no", 12}));
}

TEST(RequestTable, TakesAll) {
    RequestTable table;
    table.add(kStart, nullptr);
    table.add(kStart + 24h, nullptr);
    EXPECT_EQ(table.take_all().size(), 2U);
    EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace telex::client
