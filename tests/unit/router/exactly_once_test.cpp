// Four reactors in one process: random subscriptions and messages, interest delivered in order but
// late. Once all interest has arrived, every plain subscription gets each message exactly once and
// every group exactly one member, wherever the message is published. While interest is in flight,
// no client receives a message twice.
#include "match/random.hpp"
#include "router/routing_table.hpp"
#include "unit/match/naive_match.hpp"
#include "unit/match/random_subjects.hpp"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace telex::router {
namespace {

constexpr ReactorIndex kReactors = 4;
// As a shard has it.
constexpr int kMaxHops = 8;

struct Client {
    Subscriber subscriber;
    Subscription subscription;
    ReactorIndex reactor = 0;
    std::string filter;
    std::string group;
};

struct Outcome {
    std::map<const Subscription*, int> plain;
    std::map<std::string, int> groups;
    std::size_t lost = 0;
};

class Exchange {
public:
    explicit Exchange(std::uint64_t seed) : random_(seed) {
        for (ReactorIndex i = 0; i < kReactors; ++i) {
            // A cache so small that eviction happens all the time.
            tables_[i] = std::make_unique<RoutingTable>(i, seed, 16);
        }
    }

    ~Exchange() {
        for (Client& client : clients_) {
            tables_[client.reactor]->unsubscribe(client.subscription);
        }
    }

    void subscribe(std::string filter, std::string group) {
        Client& client = clients_.emplace_back();
        client.reactor = static_cast<ReactorIndex>(random_.below(kReactors));
        client.subscriber.connection_key = ++keys_;
        client.subscriber.load = std::make_shared<ConnectionLoad>();
        client.subscription.subscriber = &client.subscriber;
        client.subscription.sees_reserved = random_.below(3) == 0;
        client.subscription.no_echo = random_.below(2) == 0;
        client.filter = std::move(filter);
        client.group = std::move(group);
        auto told = tables_[client.reactor]->subscribe(
            client.subscription, client.filter, make_member(client)
        );
        ASSERT_TRUE(told);
        tell(client.reactor, *told);
    }

    void unsubscribe_one() {
        if (clients_.empty()) {
            return;
        }
        auto at = clients_.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(random_.below(clients_.size())));
        tell(at->reactor, tables_[at->reactor]->unsubscribe(at->subscription));
        clients_.erase(at);
    }

    // Delivers up to `count` changes, of random pairs of reactors but in order within each.
    void settle_some(std::size_t count) {
        for (; count > 0; --count) {
            const auto from = static_cast<ReactorIndex>(random_.below(kReactors));
            const auto to = static_cast<ReactorIndex>(random_.below(kReactors));
            settle_one(from, to);
        }
    }

    void settle_all() {
        for (ReactorIndex from = 0; from < kReactors; ++from) {
            for (ReactorIndex to = 0; to < kReactors; ++to) {
                while (settle_one(from, to)) {
                }
            }
        }
    }

    // Connections stall and go on, credit is used up and given.
    void flip_loads() {
        for (Client& client : clients_) {
            if (random_.below(4) == 0) {
                client.subscriber.load->lose_room();
            } else {
                (void)client.subscriber.load->gain_room();
            }
            if (client.subscription.group_member != nullptr) {
                const MemberLoadPtr load = client.subscription.group_member->load;
                load->grant(random_.below(3));
                load->take_watchers().for_each([&](ReactorIndex reactor) {
                    tables_[reactor]->reopen(*load);
                });
            }
        }
    }

    Outcome publish(const std::string& subject, ReactorIndex at, std::uint64_t publisher) {
        Outcome outcome;
        {
            const auto route = tables_[at]->route(subject, publisher, 1);
            collect(at, *route, outcome, 0);
        }
        while (!under_way_.empty()) {
            const InFlight message = std::move(under_way_.front());
            under_way_.pop_front();
            if (message.plain) {
                const auto route = tables_[message.to]->route_plain(subject, publisher);
                collect(message.to, *route, outcome, message.hops);
            }
            for (const MemberLoadPtr& member : message.members) {
                take_in(message, *member, subject, publisher, outcome);
            }
        }
        return outcome;
    }

    Outcome expected(const std::string& subject, std::uint64_t publisher) const {
        Outcome outcome;
        for (const Client& client : clients_) {
            const bool own = client.subscriber.connection_key == publisher;
            const bool sees =
                match::test::naive_match(client.filter, client.subscription.sees_reserved, subject);
            if (!sees || (own && client.subscription.no_echo)) {
                continue;
            }
            if (client.group.empty()) {
                outcome.plain[&client.subscription] = 1;
            } else {
                outcome.groups[client.group] = 1;
            }
        }
        return outcome;
    }

    // A publisher: one of the clients, or another one without subscriptions.
    std::pair<ReactorIndex, std::uint64_t> somebody() {
        if (clients_.empty() || random_.below(3) == 0) {
            return {static_cast<ReactorIndex>(random_.below(kReactors)), 0};
        }
        auto at = clients_.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(random_.below(clients_.size())));
        return {at->reactor, at->subscriber.connection_key};
    }

    std::size_t clients() const { return clients_.size(); }

    std::size_t filters_known(ReactorIndex reactor) const { return tables_[reactor]->filters(); }

private:
    struct InFlight {
        ReactorIndex to = 0;
        bool plain = false;
        std::vector<MemberLoadPtr> members;
        int hops = 0;
    };

    MemberLoadPtr make_member(const Client& client) {
        if (client.group.empty()) {
            return nullptr;
        }
        const MemberFacts facts{
            .group = client.group,
            .reactor = client.reactor,
            .connection_key = client.subscriber.connection_key,
            .no_echo = client.subscription.no_echo,
            .credit = random_.below(3),
        };
        return std::make_shared<MemberLoad>(facts, client.subscriber.load);
    }

    // As a shard does: to the member if it is there, else to another one.
    void take_in(
        const InFlight& message,
        const MemberLoad& member,
        const std::string& subject,
        std::uint64_t publisher,
        Outcome& outcome
    ) {
        const std::string& group = member.facts().group;
        const ReactorIndex at = message.to;
        if (tables_[at]->member_here(member) != nullptr) {
            ++outcome.groups[group];
            return;
        }
        if (message.hops == kMaxHops) {
            ++outcome.lost;
            return;
        }
        const auto route =
            tables_[at]->route_group(subject, publisher, group, 1, GroupChoice::anybody);
        outcome.lost += route->nobody() ? 1 : 0;
        collect(at, *route, outcome, message.hops + 1);
    }

    void tell(ReactorIndex from, const std::optional<InterestChange>& change) {
        for (ReactorIndex to = 0; change && to < kReactors; ++to) {
            if (to != from) {
                queues_[from][to].push_back(*change);
            }
        }
    }

    bool settle_one(ReactorIndex from, ReactorIndex to) {
        auto& queue = queues_[from][to];
        if (queue.empty()) {
            return false;
        }
        tables_[to]->apply(from, queue.front());
        queue.pop_front();
        return true;
    }

    void collect(ReactorIndex at, const Route& route, Outcome& outcome, int hops) {
        for (const Subscription* subscription : route.plain) {
            ++outcome.plain[subscription];
        }
        for (const GroupTarget& target : route.groups) {
            ++outcome.groups[target.member->load->facts().group];
        }
        for (const ForwardTarget& target : route.forwards) {
            EXPECT_NE(target.reactor, at);
            EXPECT_TRUE(target.plain || !target.groups.empty());
            InFlight& message = under_way_.emplace_back();
            message.to = target.reactor;
            message.plain = target.plain;
            message.hops = hops;
            for (const GroupTarget& chosen : target.groups) {
                message.members.push_back(chosen.member->load);
            }
        }
    }

    match::SplitMix64 random_;
    std::array<std::unique_ptr<RoutingTable>, kReactors> tables_;
    std::array<std::array<std::deque<InterestChange>, kReactors>, kReactors> queues_;
    std::list<Client> clients_;
    std::deque<InFlight> under_way_;
    std::uint64_t keys_ = 0;
};

std::string random_group(match::SplitMix64& random) {
    static const char* const kNames[] = {"", "", "", "q", "workers", "a.b"};
    return kNames[random.below(std::size(kNames))];
}

class ExactlyOnce : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ExactlyOnce, AfterAllInterestHasArrived) {
    match::SplitMix64 random(GetParam());
    Exchange exchange(GetParam());
    for (int round = 0; round < 400; ++round) {
        for (std::size_t i = random.below(4); i > 0; --i) {
            exchange.subscribe(match::test::random_filter(random, 3), random_group(random));
        }
        for (std::size_t i = random.below(4); i > 0; --i) {
            exchange.unsubscribe_one();
        }
        exchange.settle_all();
        exchange.flip_loads();
        for (int i = 0; i < 3; ++i) {
            const std::string subject = match::test::random_subject(random, 3);
            const auto [reactor, publisher] = exchange.somebody();
            const Outcome expected = exchange.expected(subject, publisher);
            const Outcome outcome = exchange.publish(subject, reactor, publisher);
            ASSERT_EQ(outcome.plain, expected.plain) << subject;
            ASSERT_EQ(outcome.groups, expected.groups) << subject;
            ASSERT_EQ(outcome.lost, 0U);
        }
    }
}

TEST_P(ExactlyOnce, AtMostOnceWhileInterestIsUnderWay) {
    match::SplitMix64 random(GetParam());
    Exchange exchange(GetParam());
    for (int round = 0; round < 1000; ++round) {
        exchange.subscribe(match::test::random_filter(random, 3), random_group(random));
        if (round > 30) {
            exchange.unsubscribe_one();
        }
        exchange.settle_some(random.below(16));
        const std::string subject = match::test::random_subject(random, 3);
        const auto [reactor, publisher] = exchange.somebody();
        const Outcome possible = exchange.expected(subject, publisher);
        const Outcome outcome = exchange.publish(subject, reactor, publisher);
        for (const auto& [subscription, times] : outcome.plain) {
            ASSERT_EQ(times, 1);
            ASSERT_TRUE(possible.plain.contains(subscription));
        }
        for (const auto& [group, times] : outcome.groups) {
            ASSERT_EQ(times, 1);
            ASSERT_TRUE(possible.groups.contains(group));
        }
    }
    while (exchange.clients() > 0) {
        exchange.unsubscribe_one();
    }
    exchange.settle_all();
    for (ReactorIndex reactor = 0; reactor < kReactors; ++reactor) {
        EXPECT_EQ(exchange.filters_known(reactor), 0U);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ExactlyOnce, testing::Range(std::uint64_t{1}, std::uint64_t{7}));

}  // namespace
}  // namespace telex::router
