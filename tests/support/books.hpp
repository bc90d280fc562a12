#pragma once
// Checks that every message of a shard is accounted for. The servers and exchanges of tests/support
// call it before they end, so that every test with one of them checks it.
//
//   routed = delivered + dropped + waiting for credit
//
// for each subscription, each client and the shard. No count may exceed the routed messages: a
// count that was decremented too often wraps around, and the sum would still be right.
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <future>
#include <string>

namespace telex::testing {

inline void expect_balance(
    const std::string& what,
    std::uint64_t routed,
    std::uint64_t delivered,
    std::uint64_t dropped,
    std::uint64_t waiting
) {
    EXPECT_EQ(routed, delivered + dropped + waiting)
        << what << ": delivered " << delivered << ", dropped " << dropped << ", waiting "
        << waiting;
    EXPECT_LE(delivered, routed) << what;
    EXPECT_LE(dropped, routed) << what;
    EXPECT_LE(waiting, routed) << what;
}

// On the shard's thread, between two tasks.
inline void expect_balanced_books(const exchange::Shard& shard) {
    const exchange::ShardSnapshot now = shard.snapshot();
    expect_balance(
        "reactor",
        now.counters.routed_messages,
        now.counters.delivered_messages,
        now.counters.dropped_messages(),
        now.waiting_messages
    );
    std::uint64_t held_by_all = 0;
    shard.clients().for_each([&](const exchange::ClientRecord& client) {
        const exchange::ClientBooks& books = client.books();
        expect_balance("client", books.routed, books.delivered, books.dropped, books.held);
        std::uint64_t held = 0;
        for (const auto& [id, subscription] : client.subscriptions()) {
            expect_balance(
                "subscription " + std::to_string(id),
                subscription.routed,
                subscription.delivered,
                subscription.dropped,
                subscription.held.size()
            );
            held += subscription.held.size();
        }
        EXPECT_EQ(books.held, held) << "held by the client's subscriptions";
        held_by_all += held;
    });
    EXPECT_EQ(now.waiting_messages, held_by_all) << "held by all clients";
}

// While the reactors run, not on one of their threads.
inline void expect_balanced_books(exchange::Exchange& exchange) {
    for (std::size_t i = 0; i < exchange.shard_count(); ++i) {
        exchange::Shard& shard = exchange.shard(i);
        std::promise<void> done;
        shard.reactor().post([&] {
            expect_balanced_books(shard);
            done.set_value();
        });
        done.get_future().get();
    }
}

}  // namespace telex::testing
