#include "streams/members.hpp"

#include <algorithm>

namespace telex::streams {

std::size_t Members::index_of(MemberId member) const {
    // The one whose turn it was, mostly.
    if (turn_ < members_.size() && members_[turn_].id == member) {
        return turn_;
    }
    const auto found = std::find_if(members_.begin(), members_.end(), [&](const Member& entry) {
        return entry.id == member;
    });
    return static_cast<std::size_t>(found - members_.begin());
}

void Members::join(MemberId member) {
    if (!contains(member)) {
        members_.emplace_back().id = member;
    }
}

void Members::leave(MemberId member) {
    const std::size_t index = index_of(member);
    if (index == members_.size()) {
        return;
    }
    pulls_ -= members_[index].pulls.size();
    take_credit(members_[index], members_[index].credit);
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(index));
    turn_ = turn_ > index ? turn_ - 1 : turn_;
}

void Members::take_credit(Member& member, std::uint64_t count) {
    if (member.credit > 0 && member.credit == count) {
        --with_credit_;
    }
    member.credit -= count;
    credit_ -= count;
}

Result<void, PullError> Members::add(MemberId member, const Pull& pull) {
    if (pull.credit == 0) {
        return unexpected(PullError::no_credit);
    }
    // Each member may have one: the owner of a key must not be starved by the others.
    if (pulls_ >= max_pulls_ && credit_of(member) > 0) {
        return unexpected(PullError::too_many_pulls);
    }
    join(member);
    Member& entry = members_[index_of(member)];
    with_credit_ += entry.credit == 0 ? 1 : 0;
    entry.credit += pull.credit;
    credit_ += pull.credit;
    entry.pulls.push_back(pull);
    ++pulls_;
    return {};
}

std::uint64_t Members::credit_of(MemberId member) const {
    const std::size_t index = index_of(member);
    return index < members_.size() ? members_[index].credit : 0;
}

MemberId Members::next_with_credit() {
    for (std::size_t step = 1; step <= members_.size(); ++step) {
        const std::size_t index = (turn_ + step) % members_.size();
        if (members_[index].credit > 0) {
            turn_ = index;
            return members_[index].id;
        }
    }
    return kNoMember;
}

Members::Grant Members::use(MemberId member, std::uint32_t wanted) {
    Member& entry = members_[index_of(member)];
    Pull& pull = entry.pulls.front();
    const Grant grant{pull.id, std::min(wanted, pull.credit)};
    pull.credit -= grant.count;
    if (pull.credit == 0) {
        entry.pulls.pop_front();
        --pulls_;
    }
    take_credit(entry, grant.count);
    return grant;
}

template <class Predicate>
void Members::end_if(Predicate&& is_over, PullEnd reason, std::vector<EndedPull>& ended) {
    for (Member& member : members_) {
        const auto end = [&](const Pull& pull) {
            if (!is_over(pull)) {
                return false;
            }
            ended.push_back({member.id, pull.id, pull.credit, reason});
            take_credit(member, pull.credit);
            --pulls_;
            return true;
        };
        std::erase_if(member.pulls, end);
    }
}

void Members::expire(TimePoint now, std::vector<EndedPull>& ended) {
    if (next_expiry() <= now) {
        end_if([&](const Pull& pull) { return pull.expires <= now; }, PullEnd::expired, ended);
    }
}

void Members::end_no_wait(std::vector<EndedPull>& ended) {
    end_if([](const Pull& pull) { return pull.no_wait; }, PullEnd::no_records, ended);
}

TimePoint Members::next_expiry() const {
    TimePoint next = TimePoint::max();
    for (const Member& member : members_) {
        for (const Pull& pull : member.pulls) {
            next = std::min(next, pull.expires);
        }
    }
    return next;
}

}  // namespace telex::streams
