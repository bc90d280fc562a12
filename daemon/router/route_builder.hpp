#pragma once
// Turns the filters that match a subject into a route. Its buffers are reused.
//
//   start -> add (each filter) -> choose_groups -> finish
//         -> add_group_named (each filter) -> choose_group -> finish
//         -> RouteCursor::take_step -> choose_groups -> finish
//
// Of two members of a group that are drawn at random, from those with credit and room on any
// reactor, the less loaded one gets the message (docs/adr/0009-groups-that-share-the-work.md).
#include "match/random.hpp"
#include "router/filter_interest.hpp"
#include "router/route.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace telex::router {

// Owner: a routing table. One thread. No allocation once the buffers have grown.
class RouteBuilder {
public:
    RouteBuilder(ReactorIndex self, std::uint64_t seed) : self_(self), random_(seed) {}

    // `publisher_key`: the connection that published, 0 for none. `bytes`: what the message takes
    // in a queue.
    void start(std::uint64_t publisher_key, std::size_t bytes);

    // Adds all subscriptions here and the interest elsewhere.
    void add(InterestWord word);
    // Adds the plain subscriptions here.
    void add_plain_here(InterestWord word);
    // Adds the members of this group, here and elsewhere.
    void add_group_named(InterestWord word, const GroupName& name);
    // Adds parts of the interest in a filter.
    void add_plain(std::span<Subscription* const> subscriptions);
    void add_groups(std::span<const std::unique_ptr<GroupInterest>> groups);
    void add_remote(ReactorSet reactors, std::uint64_t elsewhere);

    // Removes plain subscriptions that are retired.
    void drop_retired();
    // Chooses one target for each group that was added.
    void choose_groups(GroupChoice choice);
    // Completes the route.
    const Route& finish(std::size_t visited);

    // Returns an empty route: that of the message is found in steps.
    const Route& in_steps() {
        route_.in_steps = true;
        return route_;
    }

    // Returns true if a group was added: the next message may take another route.
    bool has_groups() const { return !candidates_.empty(); }

    // Returns the route that was completed last.
    const Route& repeat() {
        route_.visited = 0;
        route_.considered = 0;
        return route_;
    }

private:
    // A group of the route: a list of its interests on all filters.
    struct Candidate {
        GroupInterest* interests;
    };

    bool is_own_echo(const Subscription& subscription) const {
        return subscription.no_echo && subscription.subscriber->connection_key == publisher_key_;
    }

    bool is_own_echo(const GroupMember& member) const {
        const MemberFacts& facts = member.load->facts();
        return facts.no_echo && facts.connection_key == publisher_key_;
    }

    void add_plain(Subscription& subscription) {
        if (!is_own_echo(subscription)) {
            plain_.push_back(&subscription);
        }
    }

    void add_group(GroupInterest& group);
    static void load(std::span<const Candidate> some);
    void choose(Candidate candidate, GroupChoice choice);
    bool join_line(Candidate candidate);
    bool choose_who_takes(Candidate candidate);
    void choose_the_rest(Candidate candidate);
    // Returns null if no member accepts it.
    GroupMember* lighter_of_two(Candidate candidate);
    GroupMember* draw_open(Candidate candidate);
    bool stays_open(GroupMember& member);
    // Returns the member at which a message waits, or that gets it without room. Null if no member
    // stays.
    GroupMember* best_of_the_closed(Candidate candidate);
    void put(const GroupTarget& target);

    ReactorIndex self_;
    match::SplitMix64 random_;
    std::uint64_t route_number_ = 0;
    std::uint64_t publisher_key_ = 0;
    std::size_t bytes_ = 0;
    std::size_t considered_ = 0;
    std::uint64_t elsewhere_ = 0;

    std::vector<Subscription*> plain_;
    std::vector<Candidate> candidates_;
    std::vector<GroupTarget> targets_;
    ReactorSet remote_plain_;
    ReactorSet remote_groups_;
    std::array<std::vector<GroupTarget>, kMaxReactors> groups_for_;
    std::vector<ForwardTarget> forwards_;
    Route route_;
};

}  // namespace telex::router
