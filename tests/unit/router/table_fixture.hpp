#pragma once
// Connections and subscriptions in their shortest form, for tests of the routing table.
#include "router/routing_table.hpp"

#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::router::test {

// A table with subscriptions that end with it.
class TableFixture {
public:
    explicit TableFixture(ReactorIndex self = 0, std::uint64_t seed = 1)
        : table(self, seed), self_(self) {}

    ~TableFixture() {
        for (Subscription& subscription : subscriptions_) {
            if (subscription.registered()) {
                table.unsubscribe(subscription);
            }
        }
    }

    Subscriber& connect() {
        Subscriber& subscriber = subscribers_.emplace_back();
        subscriber.connection_key = subscribers_.size();
        return subscriber;
    }

    // Registers a subscription and stores the change to announce.
    Subscription& subscribe(
        Subscriber& subscriber,
        std::string_view filter,
        std::string_view queue_group = {},
        bool sees_reserved = false,
        bool no_echo = false,
        std::uint64_t credit = 0
    ) {
        Subscription& subscription = subscriptions_.emplace_back();
        subscription.subscriber = &subscriber;
        subscription.id = subscriptions_.size();
        subscription.sees_reserved = sees_reserved;
        subscription.no_echo = no_echo;
        MemberLoadPtr load;
        if (!queue_group.empty()) {
            subscriber.load =
                subscriber.load ? subscriber.load : std::make_shared<ConnectionLoad>();
            const MemberFacts facts{
                .group = std::string(queue_group),
                .reactor = self_,
                .connection_key = subscriber.connection_key,
                .no_echo = no_echo,
                .credit = credit,
            };
            load = std::make_shared<MemberLoad>(facts, subscriber.load);
        }
        auto told = table.subscribe(subscription, filter, load);
        EXPECT_TRUE(told) << filter;
        change = told.value_or(std::nullopt);
        return subscription;
    }

    Subscription& subscribe(std::string_view filter, std::string_view queue_group = {}) {
        return subscribe(connect(), filter, queue_group);
    }

    Subscription& subscribe_with_credit(
        std::string_view filter, std::string_view queue_group, std::uint64_t credit
    ) {
        return subscribe(connect(), filter, queue_group, false, false, credit);
    }

    static MemberLoadPtr load(const Subscription& subscription) {
        return subscription.group_member->load;
    }

    // A member on another reactor.
    static MemberLoadPtr make_member(
        ReactorIndex reactor, std::string_view queue_group, std::uint64_t credit = 0
    ) {
        const MemberFacts facts{
            .group = std::string(queue_group), .reactor = reactor, .credit = credit
        };
        return std::make_shared<MemberLoad>(facts, std::make_shared<ConnectionLoad>());
    }

    // One that its reactor tells of.
    MemberLoadPtr apply_member(
        ReactorIndex reactor,
        std::string_view filter,
        std::string_view queue_group,
        std::uint64_t credit = 0
    ) {
        MemberLoadPtr member = make_member(reactor, queue_group, credit);
        table.apply(reactor, {std::string(filter), false, member, true});
        return member;
    }

    // Returns the plain subscribers of a message, unsorted.
    std::vector<const Subscription*> plain(std::string_view subject, std::uint64_t publisher = 0) {
        const auto route = table.route(subject, publisher, 1);
        return {route->plain.begin(), route->plain.end()};
    }

    // The one member of the only group that matches; null when there is none here. It has dealt
    // with the message at once.
    const Subscription* member(std::string_view subject, std::uint64_t publisher = 0) {
        const auto route = table.route(subject, publisher, 1);
        EXPECT_LE(route->groups.size(), 1U);
        if (route->groups.empty()) {
            return nullptr;
        }
        route->groups[0].member->load->connection().cancel(1);
        return route->groups[0].member->local;
    }

    // The one member of the only group that matches, on whatever reactor.
    MemberLoadPtr chosen(std::string_view subject, std::uint64_t publisher = 0) {
        const auto route = table.route(subject, publisher, 1);
        EXPECT_EQ(route->groups.size() + route->forwards.size(), 1U);
        const GroupTarget& target =
            route->groups.empty() ? route->forwards[0].groups[0] : route->groups[0];
        return target.member->load;
    }

    RoutingTable table;
    std::optional<InterestChange> change;  // of the last subscribe

private:
    ReactorIndex self_;
    std::list<Subscriber> subscribers_;
    std::list<Subscription> subscriptions_;
};

}  // namespace telex::router::test
