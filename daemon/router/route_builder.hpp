#pragma once
// Turns the filters that see a subject into a route, in buffers that are used again.
//
//   start -> add (each filter) -> choose_groups | choose_handed_over -> route
//
// A member of a group on this reactor is preferred while it is not behind; the start is random and
// the next eligible member after it is taken. Otherwise the message goes to another reactor, chosen
// by its number of members, and if no other has any, to a member here that is behind (its
// connection's policy decides what happens then).
#include "match/random.hpp"
#include "router/filter_interest.hpp"
#include "router/route.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace telex::router {

// Owner: a routing table. One thread. No allocation once the buffers have grown.
class RouteBuilder {
public:
    RouteBuilder(ReactorIndex self, std::uint64_t seed) : self_(self), random_(seed) {}

    // `publisher_key`: the connection that published, 0 for none.
    void start(std::uint64_t publisher_key);
    // For a message that was handed over without its plain part, or that has no remote part.
    void add(InterestWord word, bool local_plain, bool remote_plain);
    // One target for every group that was met.
    void choose_groups();
    // One target for each of these groups, which another reactor chose us for.
    void choose_handed_over(const HandedOver& message, GroupNames& names);
    // Completes the route.
    const Route& finish(std::size_t visited);

    // Some group was met: the next message may go elsewhere.
    bool has_groups() const { return !candidates_.empty(); }

    // The route that was completed last, once more.
    const Route& repeat() {
        route_.visited = 0;
        return route_;
    }

private:
    // A group of the route: its interests on all the filters, as a list.
    struct Candidate {
        GroupName* name;
        GroupInterest* interests;
        std::size_t local_members;
    };

    struct Pick {
        Subscription* member;  // null: none that may have the message
        bool behind;
    };

    bool is_own_echo(const Subscription& subscription) const {
        return subscription.no_echo && subscription.subscriber->connection_key == publisher_key_;
    }

    void add_plain(Subscription& subscription) {
        if (!is_own_echo(subscription)) {
            plain_.push_back(&subscription);
        }
    }

    void add_group(GroupInterest& group);
    Pick pick_local(const Candidate& candidate);
    // Whether another reactor, not among those tried, has members; the group is handed over to it.
    bool hand_over(const Candidate& candidate);
    void hand_over_to(ReactorIndex reactor, std::string_view group);

    ReactorIndex self_;
    match::SplitMix64 random_;
    std::uint64_t route_number_ = 0;
    std::uint64_t publisher_key_ = 0;

    std::vector<Subscription*> plain_;
    std::vector<Candidate> candidates_;
    std::vector<GroupTarget> targets_;
    std::vector<std::string_view> lost_;
    ReactorSet remote_plain_;
    ReactorSet remote_groups_;
    std::array<std::vector<std::string_view>, kMaxReactors> groups_for_;
    std::vector<Handover> handovers_;
    Route route_;
};

}  // namespace telex::router
