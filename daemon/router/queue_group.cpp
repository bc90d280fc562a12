#include "router/queue_group.hpp"

#include "base/allocated.hpp"

#include <utility>

namespace telex::router {

GroupNames::GroupNames(std::uint64_t seed) : names_(0, match::KeyedHash(seed)) {}

GroupName& GroupNames::use(std::string_view name) {
    auto at = names_.find(name);
    if (at == names_.end()) {
        at = names_.emplace(std::string(name), GroupName{}).first;
        at->second.text = at->first;
        memory_ += memory_of(name);
    }
    ++at->second.users;
    return at->second;
}

void GroupNames::drop(GroupName& name) {
    if (--name.users == 0) {
        memory_ -= memory_of(name.text);
        names_.erase(names_.find(name.text));
    }
}

std::size_t GroupNames::memory_of(std::string_view name) {
    constexpr std::size_t kLinks = 2 * sizeof(void*);
    return allocated(sizeof(Names::value_type) + kLinks) + allocated(name.size() + 1);
}

GroupName* GroupNames::find(std::string_view name) {
    const auto at = names_.find(name);
    return at == names_.end() ? nullptr : &at->second;
}

const WaitingLine& GroupInterest::line_at(GroupMember& member) {
    if (place != &member || !line) {
        place = &member;
        line = std::make_shared<std::atomic<std::uint64_t>>(0);
    }
    return line;
}

void GroupInterest::put(std::size_t position, GroupMember& member) {
    members[position] = &member;
    member.position = static_cast<std::uint32_t>(position);
}

void GroupInterest::swap(std::size_t left, std::size_t right) {
    GroupMember& moved = *members[left];
    put(left, *members[right]);
    put(right, moved);
}

void GroupInterest::add(GroupMember& member) {
    member.group = this;
    members.push_back(&member);
    put(members.size() - 1, member);
    open(member);
}

void GroupInterest::remove(GroupMember& member) {
    close(member);
    swap(member.position, members.size() - 1);
    members.pop_back();
    if (place == &member) {
        place = nullptr;
        line.reset();
    }
}

void GroupInterest::open(GroupMember& member) {
    if (!is_open(member)) {
        swap(member.position, open_members);
        ++open_members;
    }
}

void GroupInterest::close(GroupMember& member) {
    if (is_open(member)) {
        --open_members;
        swap(member.position, open_members);
    }
}

}  // namespace telex::router
