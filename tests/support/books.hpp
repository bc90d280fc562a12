#pragma once
// Checks that every message of a shard is accounted for. The servers and exchanges of tests/support
// call it before they end, so that every test with one of them checks it.
//
//   routed = delivered + dropped + waiting for credit + queued
//
// for each subscription (what is queued counts as delivered there), each client, each user and the
// shard; and that the messages of all users are those of the shard. No count may exceed the routed
// messages: a count that was decremented too often wraps around, and the sum would still be right.
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <future>
#include <string>

namespace telex::testing {

inline void expect_balance(const std::string& what, const exchange::ClientBooks& books) {
    EXPECT_EQ(books.routed, books.delivered() + books.dropped + books.held + books.queued)
        << what << ": delivered " << books.delivered() << ", dropped " << books.dropped
        << ", waiting " << books.held << ", queued " << books.queued;
    for (const std::uint64_t part :
         {books.taken, books.delivered(), books.dropped, books.held, books.queued}) {
        EXPECT_LE(part, books.routed) << what;
    }
}

// The sum of the books of all users is that of the shard.
inline void expect_books_of_users(
    const exchange::Shard& shard, const exchange::ClientBooks& of_shard
) {
    exchange::UserBooks users = shard.user_books();
    shard.clients().for_each([&](const exchange::ClientRecord& client) {
        users.add(client.client().user_name(), client.books());
    });
    exchange::ClientBooks all;
    for (const auto& [user, books] : users.left()) {
        expect_balance("user '" + user + "'", books);
        all += books;
    }
    EXPECT_EQ(all.routed + shard.unowned_messages(), of_shard.routed) << "of all users";
    EXPECT_EQ(all.taken, of_shard.taken) << "of all users";
    EXPECT_EQ(all.dropped + shard.unowned_messages(), of_shard.dropped) << "of all users";
    EXPECT_EQ(all.held, of_shard.held) << "of all users";
    EXPECT_EQ(all.queued, of_shard.queued) << "of all users";
}

// On the shard's thread, between two tasks.
inline void expect_balanced_books(const exchange::Shard& shard) {
    const exchange::ShardSnapshot now = shard.snapshot();
    const exchange::ClientBooks all{
        .routed = now.counters.routed_messages,
        .taken = now.counters.taken_messages,
        .dropped = now.counters.dropped_messages(),
        .held = now.waiting_messages,
        .queued = now.queued_messages
    };
    expect_balance("reactor", all);
    expect_books_of_users(shard, all);
    std::uint64_t held_by_all = 0;
    shard.clients().for_each([&](const exchange::ClientRecord& client) {
        const exchange::ClientBooks& books = client.books();
        expect_balance("client", books);
        std::uint64_t held = 0;
        for (const auto& [id, subscription] : client.subscriptions()) {
            expect_balance(
                "subscription " + std::to_string(id),
                {.routed = subscription.routed,
                 .taken = subscription.delivered,
                 .dropped = subscription.dropped,
                 .held = subscription.held.size()}
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
