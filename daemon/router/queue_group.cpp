#include "router/queue_group.hpp"

#include <algorithm>

namespace telex::router {

GroupNames::GroupNames(std::uint64_t seed) : names_(0, match::KeyedHash(seed)) {}

GroupName& GroupNames::use(std::string_view name) {
    auto at = names_.find(name);
    if (at == names_.end()) {
        at = names_.emplace(std::string(name), GroupName{}).first;
        at->second.text = at->first;
    }
    ++at->second.users;
    return at->second;
}

void GroupNames::drop(GroupName& name) {
    if (--name.users == 0) {
        names_.erase(names_.find(name.text));
    }
}

GroupName* GroupNames::find(std::string_view name) {
    const auto at = names_.find(name);
    return at == names_.end() ? nullptr : &at->second;
}

void GroupInterest::set_remote(ReactorIndex reactor, std::uint32_t count) {
    const auto at = std::find_if(remote.begin(), remote.end(), [&](const RemoteMembers& entry) {
        return entry.reactor == reactor;
    });
    if (at == remote.end()) {
        if (count != 0) {
            remote.push_back({reactor, count});
        }
    } else if (count != 0) {
        at->members = count;
    } else {
        *at = remote.back();
        remote.pop_back();
    }
}

}  // namespace telex::router
