#include "router/route_builder.hpp"

#include "base/prefetch.hpp"

#include <algorithm>
#include <tuple>

namespace telex::router {

namespace {

// How often a member is drawn again if it is the first one again or published the message.
constexpr int kDraws = 16;
// Maximum number of closed members that are searched for one with room.
constexpr std::size_t kClosedLooks = 64;
// The choice of a member counts as this number of looks.
constexpr std::size_t kLooksPerGroup = 8;
// Groups whose records are loaded together.
constexpr std::size_t kLoadedTogether = 64;

std::size_t open_members(const GroupInterest* first) {
    std::size_t sum = 0;
    for (; first != nullptr; first = first->next) {
        sum += first->open_members;
    }
    return sum;
}

GroupMember& open_member(GroupInterest* at, std::size_t index) {
    while (index >= at->open_members) {
        index -= at->open_members;
        at = at->next;
    }
    return *at->members[index];
}

// The members of all filters, as a ring with an arbitrary start.
class MemberRing {
public:
    MemberRing(GroupInterest* first, std::size_t start) : first_(first), at_(first), index_(start) {
        while (index_ >= at_->members.size()) {
            index_ -= at_->members.size();
            at_ = at_->next;
        }
    }

    GroupMember& next() {
        while (index_ == at_->members.size()) {
            index_ = 0;
            at_ = at_->next != nullptr ? at_->next : first_;
        }
        return *at_->members[index_++];
    }

private:
    GroupInterest* first_;
    GroupInterest* at_;
    std::size_t index_;
};

// A message waits at the member with the smaller value.
std::tuple<bool, std::uint64_t> badness(const GroupMember& member, std::size_t bytes) {
    return {!member.load->connection().has_room(), member.load->load(bytes)};
}

}  // namespace

void RouteBuilder::start(std::uint64_t publisher_key, std::size_t bytes) {
    ++route_number_;
    publisher_key_ = publisher_key;
    bytes_ = bytes;
    considered_ = 0;
    elsewhere_ = 0;
    plain_.clear();
    candidates_.clear();
    targets_.clear();
    forwards_.clear();
    remote_groups_.for_each([&](ReactorIndex reactor) { groups_for_[reactor].clear(); });
    remote_groups_ = {};
    remote_plain_ = {};
    route_ = {};
}

void RouteBuilder::add(InterestWord word) {
    add_plain_here(word);
    if (word.kind() == InterestWord::Kind::remote) {
        remote_plain_.add(word.reactor());
    } else if (word.kind() == InterestWord::Kind::heap) {
        add_remote(word.interest().remote_plain, word.interest().elsewhere);
        add_groups(word.interest().groups);
    }
}

void RouteBuilder::add_plain_here(InterestWord word) {
    if (word.kind() == InterestWord::Kind::local) {
        add_plain(word.subscription());
    } else if (word.kind() == InterestWord::Kind::heap) {
        add_plain(word.interest().plain);
    }
}

void RouteBuilder::add_plain(std::span<Subscription* const> subscriptions) {
    considered_ += subscriptions.size();
    for (Subscription* subscription : subscriptions) {
        add_plain(*subscription);
    }
}

void RouteBuilder::add_remote(ReactorSet reactors, std::uint64_t elsewhere) {
    remote_plain_.add(reactors);
    elsewhere_ += elsewhere;
}

void RouteBuilder::drop_retired() {
    std::erase_if(plain_, [](const Subscription* subscription) { return subscription->retired; });
}

void RouteBuilder::add_group_named(InterestWord word, const GroupName& name) {
    if (word.kind() == InterestWord::Kind::heap) {
        if (GroupInterest* group = word.interest().find_group(name); group != nullptr) {
            add_group(*group);
        }
    }
}

void RouteBuilder::add_groups(std::span<const std::unique_ptr<GroupInterest>> groups) {
    considered_ += kLooksPerGroup * groups.size();
    for (; !groups.empty(); groups = groups.subspan(std::min(kLoadedTogether, groups.size()))) {
        const auto some = groups.first(std::min(kLoadedTogether, groups.size()));
        for (const auto& group : some) {
            prefetch(group.get());
        }
        for (const auto& group : some) {
            prefetch(group->name);
        }
        for (const auto& group : some) {
            add_group(*group);
        }
    }
}

void RouteBuilder::add_group(GroupInterest& group) {
    GroupName& name = *group.name;
    if (name.route != route_number_) {
        name.route = route_number_;
        name.candidate = candidates_.size();
        candidates_.push_back({nullptr});
    }
    Candidate& candidate = candidates_[name.candidate];
    group.next = candidate.interests;
    candidate.interests = &group;
}

// Closes the member unless it accepts messages. Returns true if it is open.
bool RouteBuilder::stays_open(GroupMember& member) {
    if (member.load->takes()) {
        return true;
    }
    member.group->close(member);
    if (member.load->watch(self_)) {
        member.group->open(member);
        return true;
    }
    return false;
}

GroupMember* RouteBuilder::draw_open(Candidate candidate) {
    for (int own = 0; own < kDraws;) {
        const std::size_t total = open_members(candidate.interests);
        if (total == 0) {
            return nullptr;
        }
        GroupMember& member = open_member(candidate.interests, random_.below(total));
        if (is_own_echo(member)) {
            ++own;
        } else if (stays_open(member)) {
            return &member;
        }
    }
    // Nearly all of them belong to the publisher.
    for (GroupInterest* at = candidate.interests; at != nullptr; at = at->next) {
        for (std::size_t i = at->open_members; i > 0; --i) {
            GroupMember& member = *at->members[i - 1];
            if (!is_own_echo(member) && stays_open(member)) {
                return &member;
            }
        }
    }
    return nullptr;
}

GroupMember* RouteBuilder::lighter_of_two(Candidate candidate) {
    GroupMember* const first = draw_open(candidate);
    if (first == nullptr || open_members(candidate.interests) == 1) {
        return first;
    }
    GroupMember* second = first;
    for (int draws = 0; second == first && draws < kDraws; ++draws) {
        second = draw_open(candidate);
    }
    // If they are equal, the first is as random as the second.
    const bool second_is_lighter = second != nullptr && second != first &&
                                   second->load->load(bytes_) < first->load->load(bytes_);
    return second_is_lighter ? second : first;
}

GroupMember* RouteBuilder::best_of_the_closed(Candidate candidate) {
    std::size_t total = 0;
    for (const GroupInterest* at = candidate.interests; at != nullptr; at = at->next) {
        total += at->members.size();
    }
    MemberRing ring(candidate.interests, random_.below(total));
    GroupMember* best = nullptr;
    std::size_t looks = 0;
    for (std::size_t i = 0; i < total && looks < kClosedLooks; ++i) {
        GroupMember& member = ring.next();
        if (is_own_echo(member) || member.load->connection().is_leaving()) {
            continue;
        }
        ++looks;
        if (best == nullptr || badness(member, bytes_) < badness(*best, bytes_)) {
            best = &member;
        }
    }
    return best;
}

bool RouteBuilder::join_line(Candidate candidate) {
    for (const GroupInterest* at = candidate.interests; at != nullptr; at = at->next) {
        if (at->has_line() && !is_own_echo(*at->place)) {
            put({at->place, false, &at->line});
            return true;
        }
    }
    return false;
}

bool RouteBuilder::choose_who_takes(Candidate candidate) {
    while (GroupMember* member = lighter_of_two(candidate)) {
        if (member->load->claim()) {
            put({member, true, nullptr});
            return true;
        }
    }
    return false;
}

void RouteBuilder::choose_the_rest(Candidate candidate) {
    GroupMember* member = best_of_the_closed(candidate);
    if (member == nullptr) {
        return;
    }
    if (member->load->claim()) {
        put({member, true, nullptr});
    } else {
        put({member, false, &member->group->line_at(*member)});
    }
}

void RouteBuilder::choose(Candidate candidate, GroupChoice choice) {
    if (choice == GroupChoice::who_takes) {
        (void)choose_who_takes(candidate);  // without one the message has no receiver
    } else if (!join_line(candidate) && !choose_who_takes(candidate)) {
        choose_the_rest(candidate);
    }
}

void RouteBuilder::choose_groups(GroupChoice choice) {
    const std::span<const Candidate> all = candidates_;
    for (std::size_t first = 0; first < all.size(); first += kLoadedTogether) {
        const auto some = all.subspan(first, std::min(kLoadedTogether, all.size() - first));
        load(some);
        for (const Candidate& candidate : some) {
            choose(candidate, choice);
        }
    }
}

// Each record refers to the next. Of several members any may be drawn.
void RouteBuilder::load(std::span<const Candidate> some) {
    for (const Candidate& candidate : some) {
        prefetch_at(candidate.interests->members.data());
    }
    for (const Candidate& candidate : some) {
        prefetch(candidate.interests->members.front());
    }
    for (const Candidate& candidate : some) {
        prefetch(candidate.interests->members.front()->load.get());
    }
}

void RouteBuilder::put(const GroupTarget& target) {
    target.member->load->connection().assign(bytes_);
    const ReactorIndex reactor = target.member->reactor();
    if (reactor == self_) {
        targets_.push_back(target);
    } else {
        remote_groups_.add(reactor);
        groups_for_[reactor].push_back(target);
    }
}

const Route& RouteBuilder::finish(std::size_t visited) {
    ReactorSet remote = remote_plain_;
    remote.add(remote_groups_);
    remote.for_each([&](ReactorIndex reactor) {
        forwards_.push_back({reactor, remote_plain_.contains(reactor), groups_for_[reactor]});
    });
    route_.plain = plain_;
    route_.groups = targets_;
    route_.forwards = forwards_;
    route_.visited = visited;
    route_.considered = considered_;
    route_.elsewhere = elsewhere_;
    return route_;
}

}  // namespace telex::router
