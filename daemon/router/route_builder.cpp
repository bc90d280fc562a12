#include "router/route_builder.hpp"

namespace telex::router {

namespace {

// So many members that are behind are passed over before the group is taken to be behind as a
// whole: a group of a hundred thousand stuck members must not cost that many looks per message.
constexpr std::size_t kMaxBehindLooks = 64;

// The local members of a group over all its filters, as a ring.
class MemberRing {
public:
    MemberRing(GroupInterest* first, std::size_t start) : first_(first), at_(first), index_(start) {
        while (index_ >= at_->members.size()) {
            index_ -= at_->members.size();
            at_ = at_->next;
        }
    }

    // The ring must not be empty.
    Subscription& next() {
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

}  // namespace

void RouteBuilder::start(std::uint64_t publisher_key) {
    ++route_number_;
    publisher_key_ = publisher_key;
    plain_.clear();
    candidates_.clear();
    targets_.clear();
    lost_.clear();
    handovers_.clear();
    remote_groups_.for_each([&](ReactorIndex reactor) { groups_for_[reactor].clear(); });
    remote_groups_ = {};
    remote_plain_ = {};
    route_ = {};
}

void RouteBuilder::add(InterestWord word, bool local_plain, bool remote_plain) {
    switch (word.kind()) {
        case InterestWord::Kind::none:
            return;
        case InterestWord::Kind::local:
            if (local_plain) {
                add_plain(word.subscription());
            }
            return;
        case InterestWord::Kind::remote:
            if (remote_plain) {
                remote_plain_.add(word.reactor());
            }
            return;
        case InterestWord::Kind::heap:
            break;
    }
    FilterInterest& interest = word.interest();
    if (local_plain) {
        for (Subscription* subscription : interest.plain) {
            add_plain(*subscription);
        }
    }
    if (remote_plain) {
        remote_plain_.add(interest.remote_plain);
    }
    for (const auto& group : interest.groups) {
        add_group(*group);
    }
}

void RouteBuilder::add_group(GroupInterest& group) {
    GroupName& name = *group.name;
    if (name.route != route_number_) {
        name.route = route_number_;
        name.candidate = candidates_.size();
        candidates_.push_back({&name, nullptr, 0});
    }
    Candidate& candidate = candidates_[name.candidate];
    group.next = candidate.interests;
    candidate.interests = &group;
    candidate.local_members += group.members.size();
}

RouteBuilder::Pick RouteBuilder::pick_local(const Candidate& candidate) {
    const std::size_t total = candidate.local_members;
    if (total == 0) {
        return {nullptr, false};
    }
    MemberRing ring(candidate.interests, random_.below(total));
    Subscription* behind = nullptr;
    std::size_t looks = 0;
    for (std::size_t i = 0; i < total; ++i) {
        Subscription& member = ring.next();
        if (is_own_echo(member)) {
            continue;
        }
        if (!member.subscriber->behind) {
            return {&member, false};
        }
        behind = behind != nullptr ? behind : &member;
        if (++looks == kMaxBehindLooks) {
            break;
        }
    }
    return {behind, true};
}

bool RouteBuilder::hand_over(const Candidate& candidate) {
    const auto each = [&](auto&& function) {
        for (const GroupInterest* at = candidate.interests; at != nullptr; at = at->next) {
            for (const RemoteMembers& remote : at->remote) {
                if (!route_.tried.contains(remote.reactor)) {
                    function(remote);
                }
            }
        }
    };
    std::uint64_t total = 0;
    each([&](const RemoteMembers& remote) { total += remote.members; });
    if (total == 0) {
        return false;
    }
    std::uint64_t chosen = random_.below(total);
    bool done = false;
    each([&](const RemoteMembers& remote) {
        if (!done && chosen < remote.members) {
            hand_over_to(remote.reactor, candidate.name->text);
            done = true;
        }
        chosen -= done ? 0 : remote.members;
    });
    return true;
}

void RouteBuilder::hand_over_to(ReactorIndex reactor, std::string_view group) {
    remote_groups_.add(reactor);
    groups_for_[reactor].push_back(group);
}

void RouteBuilder::choose_groups() {
    for (const Candidate& candidate : candidates_) {
        const Pick pick = pick_local(candidate);
        const bool here = pick.member != nullptr && !pick.behind;
        if (!here && hand_over(candidate)) {
            continue;
        }
        if (pick.member != nullptr) {
            targets_.push_back({candidate.name->text, pick.member});
        }
    }
}

void RouteBuilder::choose_handed_over(const HandedOver& message, GroupNames& names) {
    route_.tried = message.tried;
    route_.tried.add(self_);
    for (const std::string_view text : message.groups) {
        const GroupName* name = names.find(text);
        if (name == nullptr || name->route != route_number_) {
            lost_.push_back(text);
            continue;
        }
        const Candidate& candidate = candidates_[name->candidate];
        if (const Pick pick = pick_local(candidate); pick.member != nullptr) {
            targets_.push_back({name->text, pick.member});
        } else if (!hand_over(candidate)) {
            lost_.push_back(name->text);
        }
    }
}

const Route& RouteBuilder::finish(std::size_t visited) {
    ReactorSet remote = remote_plain_;
    remote.add(remote_groups_);
    remote.for_each([&](ReactorIndex reactor) {
        handovers_.push_back({reactor, remote_plain_.contains(reactor), groups_for_[reactor]});
    });
    route_.plain = plain_;
    route_.groups = targets_;
    route_.handovers = handovers_;
    route_.lost = lost_;
    route_.visited = visited;
    return route_;
}

}  // namespace telex::router
