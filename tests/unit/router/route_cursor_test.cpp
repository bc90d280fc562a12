// Messages that are routed in steps, while the table changes between them.
#include "router/route_cursor.hpp"

#include "match/random.hpp"
#include "unit/router/table_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::router {
namespace {

using test::TableFixture;

constexpr std::size_t kMany = 2'000;
// Of a step: plain subscriptions, or a quarter as many groups.
constexpr std::size_t kStep = 256;

// A message that is routed in steps, and the targets that it has reached.
class Steps {
public:
    Steps(RoutingTable& table, std::string_view subject, std::uint64_t publisher = 0)
        : table_(table), cursor_(table.begin_steps(subject, publisher, 1)) {}

    ~Steps() { table_.end_steps(cursor_); }

    Steps(const Steps&) = delete;
    Steps& operator=(const Steps&) = delete;

    bool is_done() const { return cursor_.is_done(); }

    // Returns the number of targets.
    std::size_t take() {
        const auto route = table_.next_step(cursor_);
        for (const Subscription* subscription : route->plain) {
            ++plain[subscription];
        }
        for (const GroupTarget& target : route->groups) {
            ++groups[target.member->load->facts().group];
        }
        for (const ForwardTarget& target : route->forwards) {
            plain_elsewhere += target.plain ? 1 : 0;
            for (const GroupTarget& chosen : target.groups) {
                ++groups[chosen.member->load->facts().group];
            }
        }
        return route->plain.size() + route->groups.size();
    }

    void take_all() {
        while (!is_done()) {
            take();
        }
    }

    std::map<const Subscription*, int> plain;
    std::map<std::string, int> groups;
    int plain_elsewhere = 0;

private:
    RoutingTable& table_;
    RouteCursor& cursor_;
};

bool goes_in_steps(TableFixture& t, std::string_view subject) {
    return t.table.route(subject, 0, 1, Division::in_steps)->in_steps;
}

TEST(RouteInSteps, IsForMessagesWithVeryManyTargets) {
    TableFixture t;
    for (std::size_t i = 0; i < 2 * kStep; ++i) {
        t.subscribe("a");
    }
    EXPECT_FALSE(goes_in_steps(t, "a"));
    t.subscribe("a");
    EXPECT_TRUE(goes_in_steps(t, "a"));
    EXPECT_EQ(t.plain("a").size(), 2 * kStep + 1) << "unless it may not be divided";
    EXPECT_TRUE(t.table.route_plain("a", 0, Division::in_steps)->in_steps);
    EXPECT_FALSE(t.table.route_plain("a", 0)->in_steps);
}

TEST(RouteInSteps, IsForMessagesWithVeryManyGroups) {
    TableFixture t;
    for (std::size_t i = 0; i <= kStep / 2; ++i) {
        EXPECT_FALSE(goes_in_steps(t, "a"));
        t.subscribe("a", "group-" + std::to_string(i));
    }
    EXPECT_TRUE(goes_in_steps(t, "a"));
}

TEST(RouteInSteps, ReachesEachTargetOnceInBoundedSteps) {
    TableFixture t;
    for (std::size_t i = 0; i < kMany; ++i) {
        t.subscribe(i % 3 == 0 ? "a.*" : "a.b");
        t.subscribe(i % 3 == 0 ? "a.>" : "a.b", "group-" + std::to_string(i % (kMany / 2)));
    }
    t.table.apply(3, {"a.b", false, nullptr, true});
    const auto elsewhere = t.apply_member(2, "*.b", "another group");
    Steps steps(t.table, "a.b");
    while (!steps.is_done()) {
        EXPECT_LE(steps.take(), kStep);
    }
    EXPECT_EQ(steps.plain.size(), kMany);
    EXPECT_EQ(steps.groups.size(), kMany / 2 + 1);
    EXPECT_EQ(steps.plain_elsewhere, 1);
    const auto once = [](const auto& each) { return each.second == 1; };
    EXPECT_TRUE(std::ranges::all_of(steps.plain, once));
    EXPECT_TRUE(std::ranges::all_of(steps.groups, once));
}

TEST(RouteInSteps, LeavesOutThePublisherThatWantsNoEcho) {
    TableFixture t;
    Subscriber& own = t.connect();
    for (std::size_t i = 0; i < kMany; ++i) {
        t.subscribe(own, "a", {}, false, true);
    }
    const Subscription& other = t.subscribe("a");
    Steps steps(t.table, "a", own.connection_key);
    steps.take_all();
    EXPECT_EQ(steps.plain, (std::map<const Subscription*, int>{{&other, 1}}));
}

TEST(RouteInSteps, PassesOverWhatRetiresMeanwhile) {
    TableFixture t;
    std::vector<Subscription*> all;
    for (std::size_t i = 0; i < kMany; ++i) {
        all.push_back(&t.subscribe("a"));
    }
    Steps steps(t.table, "a");
    const std::size_t first = steps.take();
    for (Subscription* subscription : all) {
        t.table.retire(*subscription);
    }
    steps.take_all();
    EXPECT_EQ(steps.plain.size(), first);
}

TEST(RouteInSteps, EndsIfTheFilterLeavesTheTable) {
    TableFixture t;
    std::vector<Subscription*> all;
    for (std::size_t i = 0; i < kMany; ++i) {
        all.push_back(&t.subscribe("a"));
    }
    Steps steps(t.table, "a");
    steps.take();
    for (Subscription* subscription : all) {
        t.table.unsubscribe(*subscription);
    }
    // The place in the trie may be used again.
    for (std::size_t i = 0; i < kMany; ++i) {
        t.subscribe("b");
    }
    EXPECT_TRUE(steps.is_done());
    EXPECT_EQ(steps.plain.size(), kStep);
}

// Random changes between the steps of several messages at a time.
class ChangingTable {
public:
    explicit ChangingTable(std::uint64_t seed) : random_(seed), t_(0, seed) {
        for (std::size_t i = 0; i < kMany; ++i) {
            come();
        }
    }

    void change() {
        for (std::size_t i = random_.below(60); i > 0; --i) {
            random_.below(2) == 0 ? come() : go();
        }
    }

    // Those that are there, by the names of their groups.
    std::set<const Subscription*> plain() const {
        std::set<const Subscription*> found;
        for (const auto& [subscription, group] : there_) {
            if (group.empty()) {
                found.insert(subscription);
            }
        }
        return found;
    }

    std::map<std::string, std::set<const Subscription*>> groups() const {
        std::map<std::string, std::set<const Subscription*>> found;
        for (const auto& [subscription, group] : there_) {
            if (!group.empty()) {
                found[group].insert(subscription);
            }
        }
        return found;
    }

    static bool is_there(const Subscription* subscription) { return subscription->registered(); }

    // How often each group has lost its last member.
    const std::map<std::string, int>& emptied() const { return emptied_; }

    int times_emptied(const std::string& group) { return emptied_[group]; }

    RoutingTable& table() { return t_.table; }

    match::SplitMix64& random() { return random_; }

private:
    void come() {
        static const char* const kFilters[] = {"a.b", "a.*", "a.>", "*.b"};
        const std::string group =
            random_.below(2) == 0 ? "" : "group-" + std::to_string(random_.below(900));
        Subscription& subscription = t_.subscribe(kFilters[random_.below(4)], group);
        there_.emplace_back(&subscription, group);
    }

    void go() {
        const std::size_t index = random_.below(there_.size());
        t_.table.unsubscribe(*there_[index].first);
        const std::string group = there_[index].second;
        there_[index] = there_.back();
        there_.pop_back();
        const bool has_members =
            std::ranges::any_of(there_, [&](const auto& each) { return each.second == group; });
        emptied_[group] += has_members ? 0 : 1;
    }

    match::SplitMix64 random_;
    TableFixture t_;
    std::vector<std::pair<Subscription*, std::string>> there_;
    std::map<std::string, int> emptied_;
};

class RouteInStepsProperty : public testing::TestWithParam<std::uint64_t> {};

// A message, and what was there at its beginning and has stayed.
struct Routing {
    explicit Routing(ChangingTable& table)
        : steps(table.table(), "a.b"),
          plain(table.plain()),
          groups(table.groups()),
          emptied(table.emptied()) {}

    void expect_once_each(ChangingTable& table) {
        for (const Subscription* each : plain) {
            ASSERT_TRUE(!table.is_there(each) || steps.plain.contains(each));
        }
        for (const auto& [name, members] : groups) {
            const bool stays = std::ranges::any_of(members, [&](const Subscription* each) {
                return table.is_there(each);
            });
            ASSERT_TRUE(!stays || steps.groups.contains(name)) << name;
        }
        for (const auto& [each, times] : steps.plain) {
            ASSERT_EQ(times, 1);
        }
        for (const auto& [name, times] : steps.groups) {
            // One that was gone for a while is another group.
            ASSERT_TRUE(times == 1 || table.times_emptied(name) > emptied[name]) << name;
        }
    }

    Steps steps;
    std::set<const Subscription*> plain;
    std::map<std::string, std::set<const Subscription*>> groups;
    std::map<std::string, int> emptied;
};

TEST_P(RouteInStepsProperty, EachTargetThatStaysIsReachedOnce) {
    ChangingTable table(GetParam());
    std::vector<std::unique_ptr<Routing>> messages;
    for (int round = 0; round < 300; ++round) {
        if (messages.size() < 3 && table.random().below(4) == 0) {
            messages.push_back(std::make_unique<Routing>(table));
        }
        table.change();
        for (const auto& message : messages) {
            if (table.random().below(2) == 0 && !message->steps.is_done()) {
                message->steps.take();
            }
        }
        for (const auto& message : messages) {
            if (message->steps.is_done()) {
                ASSERT_NO_FATAL_FAILURE(message->expect_once_each(table));
            }
        }
        std::erase_if(messages, [](const auto& message) { return message->steps.is_done(); });
    }
}

INSTANTIATE_TEST_SUITE_P(
    Seeds, RouteInStepsProperty, testing::Range(std::uint64_t{1}, std::uint64_t{5})
);

}  // namespace
}  // namespace telex::router
