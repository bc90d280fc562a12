#pragma once
// Connections and subscriptions in their shortest form, for tests of the routing table.
#include "router/routing_table.hpp"

#include <gtest/gtest.h>

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::router::test {

// A table with subscriptions that end with it.
class TableFixture {
public:
    explicit TableFixture(ReactorIndex self = 0, std::uint64_t seed = 1) : table(self, seed) {}

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

    // Registers and remembers what has to be told.
    Subscription& subscribe(
        Subscriber& subscriber,
        std::string_view filter,
        std::string_view queue_group = {},
        bool sees_reserved = false,
        bool no_echo = false
    ) {
        Subscription& subscription = subscriptions_.emplace_back();
        subscription.subscriber = &subscriber;
        subscription.id = subscriptions_.size();
        subscription.sees_reserved = sees_reserved;
        subscription.no_echo = no_echo;
        auto told = table.subscribe(subscription, filter, queue_group);
        EXPECT_TRUE(told) << filter;
        change = told.value_or(std::nullopt);
        return subscription;
    }

    Subscription& subscribe(std::string_view filter, std::string_view queue_group = {}) {
        return subscribe(connect(), filter, queue_group);
    }

    // Who gets a message, plain subscribers only, sorted by nothing.
    std::vector<const Subscription*> plain(std::string_view subject, std::uint64_t publisher = 0) {
        const auto route = table.route(subject, publisher);
        return {route->plain.begin(), route->plain.end()};
    }

    // The one member of the only group that matches; null when there is none here.
    const Subscription* member(std::string_view subject, std::uint64_t publisher = 0) {
        const auto route = table.route(subject, publisher);
        EXPECT_LE(route->groups.size(), 1U);
        return route->groups.empty() ? nullptr : route->groups[0].member;
    }

    RoutingTable table;
    std::optional<InterestChange> change;  // of the last subscribe

private:
    std::list<Subscriber> subscribers_;
    std::list<Subscription> subscriptions_;
};

}  // namespace telex::router::test
