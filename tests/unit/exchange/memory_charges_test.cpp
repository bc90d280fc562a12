// Memory that clients make the exchange keep is charged at its real size, and given back.
#include "base/allocated.hpp"
#include "exchange/holding.hpp"
#include "exchange/subscription_memory.hpp"
#include "router/filter_interest.hpp"
#include "support/allocator_memory.hpp"
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::allocator_memory;
using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::Contains;
using ::testing::SizeIs;

struct Memory {
    std::size_t real;
    std::size_t charged;
};

class MemoryCharges : public ::testing::Test {
protected:
    explicit MemoryCharges(unsigned reactors = 2, const ExchangeOptions& options = {})
        : running_(reactors, options) {}

    Memory memory() {
        running_.settle();
        return {allocator_memory(), running_.exchange().budget().used()};
    }

    // `most`: charged at most this many times.
    static void expect_true_charge(const Memory& before, const Memory& after, std::size_t most) {
        if (!telex::testing::has_own_allocator()) {
            return;
        }
        const std::size_t real = after.real - before.real;
        const std::size_t charged = after.charged - before.charged;
        EXPECT_GT(real, 1U << 20U) << "the test makes a difference";
        EXPECT_GE(charged, real * 9 / 10);
        EXPECT_LE(charged, most * real);
    }

    void expect_returned(const Memory& before) {
        const Memory now = memory();
        EXPECT_EQ(now.charged, before.charged);
        if (telex::testing::has_own_allocator()) {
            EXPECT_LE(now.real, before.real + (1U << 20U));
        }
    }

    RunningExchange running_;
    PlainClient& subscriber_ = running_.client(1);
    PlainClient& publisher_ = running_.client(0);
};

TEST_F(MemoryCharges, CountsSubscriptionsOnAllReactors) {
    const Memory before = memory();
    running_.on(subscriber_, [&] {
        for (std::uint64_t id = 1; id <= 20'000; ++id) {
            subscriber_.subscribe(id, "building." + std::to_string(id) + ".temperature");
        }
    });
    expect_true_charge(before, memory(), 2);
    running_.on(subscriber_, [&] {
        for (std::uint64_t id = 1; id <= 20'000; ++id) {
            subscriber_.port.unsubscribe(id);
        }
        std::vector<std::string>().swap(subscriber_.notes);
    });
    expect_returned(before);
}

TEST_F(MemoryCharges, CountsMembersOfQueueGroups) {
    const Memory before = memory();
    running_.on(subscriber_, [&] {
        for (std::uint64_t id = 1; id <= 5'000; ++id) {
            subscriber_.subscribe(id, "job." + std::to_string(id), "group-" + std::to_string(id));
        }
    });
    expect_true_charge(before, memory(), 2);
    running_.leave(subscriber_);
    std::vector<std::string>().swap(subscriber_.notes);
    expect_returned(before);
}

// Of a crowd of subscribers each other reactor keeps a note.
TEST_F(MemoryCharges, CountsTheNotesOfCrowdsOnOtherReactors) {
    const auto charged_elsewhere = [&] {
        return running_.at(0, [&] { return running_.exchange().shard(0).account().held(); });
    };
    constexpr std::uint64_t kFilters = 1'000;
    constexpr std::uint64_t kCrowd = 64;
    const auto subscribe_all = [&](std::uint64_t from, std::uint64_t to) {
        running_.on(subscriber_, [&] {
            for (std::uint64_t i = from; i < to; ++i) {
                subscriber_.subscribe(i + 1, "f." + std::to_string(i % kFilters));
            }
        });
        running_.settle();
    };
    subscribe_all(0, kFilters * (kCrowd - 1));
    const std::size_t before = charged_elsewhere();
    subscribe_all(kFilters * (kCrowd - 1), kFilters * kCrowd);
    const std::size_t note = allocated(sizeof(router::FilterInterest)) + allocated(1);
    EXPECT_GE(charged_elsewhere() - before, kFilters * note);
    running_.on(subscriber_, [&] {
        for (std::uint64_t i = kFilters * (kCrowd - 1); i < kFilters * kCrowd; ++i) {
            subscriber_.port.unsubscribe(i + 1);
        }
    });
    running_.settle();
    EXPECT_EQ(charged_elsewhere(), before);
}

// Filters of one client that stay do not keep the memory of another's.
TEST_F(MemoryCharges, GivesBackWhatOneOfTwoClientsHad) {
    running_.on(publisher_, [&] { publisher_.subscribe(1, "stays.here"); });
    const Memory before = memory();
    running_.on(subscriber_, [&] {
        for (std::uint64_t id = 1; id <= 20'000; ++id) {
            subscriber_.subscribe(id, std::to_string(id) + ".goes");
        }
    });
    running_.settle();
    running_.leave(subscriber_);
    std::vector<std::string>().swap(subscriber_.notes);
    expect_returned(before);
}

TEST_F(MemoryCharges, CountsTinyMessagesThatWaitForCredit) {
    running_.on(subscriber_, [&] {
        broker::SubscriptionSpec spec;
        spec.id = 1;
        spec.filter = "a";
        spec.credit = 1;
        subscriber_.port.subscribe(spec);
    });
    PlainClient& here = running_.client(1);  // no batches between reactors
    running_.settle();
    const Memory before = memory();
    running_.on(here, [&] {
        for (int i = 0; i < 20'001; ++i) {
            here.publish("a", "");
        }
    });
    running_.settle();
    const Memory after = memory();
    const std::size_t held = running_.on(subscriber_, [&] { return subscriber_.held_bytes; });
    expect_true_charge(before, {after.real, before.charged + held}, 2);
    running_.on(subscriber_, [&] { subscriber_.port.add_credit(1, 15'000); });
    EXPECT_EQ(running_.on(subscriber_, [&] { return subscriber_.held_bytes; }), held / 4);
    running_.on(subscriber_, [&] { subscriber_.port.add_credit(1, 10'000); });
    EXPECT_EQ(running_.on(subscriber_, [&] { return subscriber_.held_bytes; }), 0U);
}

class FourReactors : public MemoryCharges {
protected:
    FourReactors() : MemoryCharges(4) {}
};

// Its bytes exist once, however many reactors have to read them.
TEST_F(FourReactors, ChargeALargeMessageUnderWayOnce) {
    constexpr std::size_t kLarge = 1U << 20U;
    for (std::size_t reactor = 1; reactor < 4; ++reactor) {
        PlainClient& client = running_.client(reactor);
        running_.on(client, [&] { client.subscribe(1, "a"); });
    }
    running_.settle();
    const std::size_t before = memory().charged;
    std::vector<Holding> holdings;
    const std::size_t under_way = running_.on(publisher_, [&] {
        std::string body;
        wire::append_message(body, "a", std::string(kLarge, 'x'));
        const SharedBytes shared = SharedBytes::copy_of(body);
        publisher_.port.publish({wire::scan_message(shared.bytes).value(), &shared.owner});
        holdings = publisher_.shard.holdings();
        return publisher_.shard.account().held();
    });
    // When memory is short no client is cut for it.
    ASSERT_THAT(holdings, SizeIs(1));
    EXPECT_TRUE(holdings.front().leaving);
    EXPECT_GE(holdings.front().bytes, kLarge);
    EXPECT_GE(under_way, kLarge);
    EXPECT_LT(under_way, 2 * kLarge);
    running_.settle();
    EXPECT_EQ(memory().charged, before);
}

TEST_F(MemoryCharges, CountsOpenRequests) {
    running_.on(subscriber_, [&] { subscriber_.subscribe(1, "service"); });
    subscriber_.verbose = false;
    running_.settle();
    const Memory before = memory();
    running_.on(publisher_, [&] {
        for (std::uint64_t id = 1; id <= 20'000; ++id) {
            publisher_.request("service", "", id);
        }
    });
    running_.settle();
    EXPECT_GE(memory().charged - before.charged, 20'000 * router::ReplyTable::kEntryMemory);
    running_.leave(publisher_);
    const std::size_t replies = PendingReplies::kMost * ClientRecord::kPendingReplyMemory;
    EXPECT_EQ(memory().charged, before.charged + replies) << "the responder may still reply";
    running_.on(subscriber_, [&] { subscriber_.port.end_subscriptions(); });
    running_.settle();
    EXPECT_LT(memory().charged, replies);
}

// The bounds that docs/security.md states, in bytes.
TEST(MemoryOfFrames, IsWithinItsDocumentedBounds) {
    broker::SubscriptionSpec spec;
    spec.filter = "a.b.c";
    EXPECT_LE(record_memory(spec, true), 450U);
    EXPECT_LE(table_memory(spec.filter, {}), 3 * 72 + spec.filter.size());
    spec.queue_group = "group";
    EXPECT_LE(record_memory(spec, true), 450U + 450U);
    EXPECT_LE(table_memory(spec.filter, spec.queue_group), 3 * 72 + spec.filter.size() + 600U);
    std::string body;
    wire::append_message(body, "a.b.c", "");
    HeldMessage held{StoredMessage::keep(wire::scan_message(body).value(), nullptr, {})};
    EXPECT_LE(held.memory(), body.size() + 700U);
    EXPECT_LE(ClientRecord::kRequestMemory, 256U);
}

class SmallBudget : public MemoryCharges {
protected:
    SmallBudget() : MemoryCharges(2, small()) {}

    static ExchangeOptions small() {
        ExchangeOptions options;
        options.memory_budget_bytes = 16U << 20U;
        return options;
    }

    // Returns how many were accepted.
    std::size_t subscribe_until_refused(PlainClient& client) {
        return running_.on(client, [&] {
            client.notes = {};
            std::uint64_t id = 1;
            while (id < 1'000'000 &&
                   (client.notes.empty() || !client.notes.back().starts_with("refused"))) {
                client.subscribe(id, "f." + std::to_string(id));
                ++id;
            }
            return static_cast<std::size_t>(id - 2);
        });
    }
};

// A user does not get more by more connections.
TEST_F(SmallBudget, LeavesSubscriptionsForOthersThanAUserOfManyClients) {
    const auto usage = std::make_shared<access::Usage>();
    std::size_t accepted = 0;
    std::vector<PlainClient*> crowd;
    for (std::size_t i = 0; i < 8; ++i) {
        crowd.push_back(&running_.client(i % 2));
        running_.on(*crowd.back(), [&] {
            crowd.back()->port.record().set_account(access::kDefaultAccount, usage);
        });
        accepted += subscribe_until_refused(*crowd.back());
        running_.settle();
    }
    EXPECT_GT(accepted, 1'000U);
    EXPECT_GT(usage->subscription_bytes, 0U);
    EXPECT_GT(subscribe_until_refused(publisher_), accepted / 4) << "half of what is left";
    for (PlainClient* const client : crowd) {
        running_.leave(*client);
    }
    EXPECT_EQ(usage->subscription_bytes, 0U);
}

TEST_F(SmallBudget, RefusesSubscriptionsBeyondHalfOfIt) {
    PlainClient& other = running_.client(1);
    const std::size_t first = subscribe_until_refused(subscriber_);
    EXPECT_THAT(running_.notes(subscriber_), Contains("refused OVER_MEMORY_BUDGET"));
    running_.settle();
    EXPECT_GT(first, 1'000U);
    EXPECT_GT(subscribe_until_refused(other), first / 8) << "something is left for others";
    running_.settle();
    EXPECT_LE(running_.exchange().budget().used(), running_.exchange().budget().standing_limit());
    running_.leave(subscriber_);
    running_.settle();
    running_.on(publisher_, [&] { publisher_.subscribe(1, "again"); });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), Contains("subscribed 1"));
}

}  // namespace
}  // namespace telex::exchange
