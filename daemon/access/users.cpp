#include "access/users.hpp"

#include <algorithm>

namespace telex::access {

namespace {

template <class Test>
const User* first(const std::vector<User>& users, Test test) {
    const auto found = std::find_if(users.begin(), users.end(), test);
    return found == users.end() ? nullptr : &*found;
}

template <class Value, class List>
bool contains(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

const User* Users::find(const Evidence& evidence, std::string_view otherwise) const {
    const User* found = nullptr;
    if (!evidence.certificate.empty()) {
        found = first(users_, [&](const User& user) {
            return contains(user.certificates, evidence.certificate);
        });
    }
    if (found == nullptr && evidence.uid != nullptr && *evidence.uid != kOverflowId) {
        found = first(users_, [&](const User& user) { return contains(user.uids, *evidence.uid); });
    }
    if (found == nullptr) {
        found = first(users_, [&](const User& user) {
            return std::any_of(evidence.gids.begin(), evidence.gids.end(), [&](std::uint32_t gid) {
                return gid != kOverflowId && contains(user.gids, gid);
            });
        });
    }
    return found == nullptr && !otherwise.empty() ? named(otherwise) : found;
}

const User* Users::named(std::string_view name) const {
    return first(users_, [&](const User& user) { return user.name == name; });
}

}  // namespace telex::access
