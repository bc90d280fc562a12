#include "access/users.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_map>

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

template <class Bytes>
std::string as_text(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class List>
bool contains_bytes(const List& list, std::string_view bytes) {
    return std::any_of(list.begin(), list.end(), [&](const auto& entry) {
        return as_text(entry) == bytes;
    });
}

bool is_known_by(const User& user, const CredentialRef& credential, std::string_view otherwise) {
    switch (credential.kind) {
        case CredentialRef::Kind::certificate:
            return contains(user.certificates, credential.text);
        case CredentialRef::Kind::uid:
            return contains(user.uids, credential.id);
        case CredentialRef::Kind::gid:
            return contains(user.gids, credential.id);
        case CredentialRef::Kind::listener:
            return user.name == otherwise;
        case CredentialRef::Kind::password:
            return user.password == credential.text;
        case CredentialRef::Kind::token:
            return contains_bytes(user.tokens, credential.text);
        case CredentialRef::Kind::key:
            return contains_bytes(user.keys, credential.text);
    }
    return false;
}

}  // namespace

bool User::may_use(std::string_view listener) const {
    return listeners.empty() || contains(listeners, listener);
}

Users::Users(std::vector<User> users, const std::vector<Account>& accounts, const Users* before)
    : accounts_(std::make_shared<Accounts>(
          accounts, before == nullptr ? nullptr : before->accounts_.get()
      )),
      users_(std::move(users)) {
    std::unordered_map<std::string_view, UsagePtr> known;
    if (before != nullptr) {
        known.reserve(before->users_.size());
        for (const User& user : before->users_) {
            known.emplace(user.name, user.usage);
        }
    }
    for (User& user : users_) {
        user.account_id = accounts_->id_of(user.account);
        const auto same = known.find(user.name);
        user.usage = same == known.end() ? std::make_shared<Usage>() : same->second;
    }
}

Identity Users::find(const PeerIdentity& peer, std::string_view otherwise) const {
    if (!peer.certificate.empty()) {
        const User* const found = first(users_, [&](const User& user) {
            return contains(user.certificates, peer.certificate);
        });
        if (found != nullptr) {
            return {found, {CredentialRef::Kind::certificate, peer.certificate}};
        }
    }
    if (peer.uid && *peer.uid != kOverflowId) {
        const User* const found =
            first(users_, [&](const User& user) { return contains(user.uids, *peer.uid); });
        if (found != nullptr) {
            return {found, {CredentialRef::Kind::uid, {}, *peer.uid}};
        }
    }
    for (const User& user : users_) {
        for (const std::uint32_t gid : peer.gids) {
            if (gid != kOverflowId && contains(user.gids, gid)) {
                return {&user, {CredentialRef::Kind::gid, {}, gid}};
            }
        }
    }
    return {otherwise.empty() ? nullptr : named(otherwise), {CredentialRef::Kind::listener}};
}

const User* Users::named(std::string_view name) const {
    return first(users_, [&](const User& user) { return user.name == name; });
}

Identity Users::with_token(std::string_view token) const {
    const auth::Digest digest = auth::digest_of(token);
    Identity result{nullptr, {CredentialRef::Kind::token, as_text(digest)}};
    // Compares all of them, so that the time does not reveal the position of the matching one.
    for (const User& user : users_) {
        for (const auth::Digest& known : user.tokens) {
            if (auth::same_digest(known, digest)) {
                result.user = &user;
            }
        }
    }
    return result;
}

Identity Users::with_key(std::string_view public_key) const {
    const User* const found =
        first(users_, [&](const User& user) { return contains_bytes(user.keys, public_key); });
    return {found, {CredentialRef::Kind::key, std::string(public_key)}};
}

Users::PasswordCheck Users::password_check(std::string_view name) const {
    const User* const named_so = named(name);
    if (named_so != nullptr && !named_so->password.empty()) {
        return {
            {named_so, {CredentialRef::Kind::password, named_so->password}}, named_so->password
        };
    }
    const User* const other =
        first(users_, [](const User& user) { return !user.password.empty(); });
    return {{}, other == nullptr ? std::string() : other->password};
}

const User* Users::again(
    std::string_view name, const CredentialRef& credential, std::string_view otherwise
) const {
    const User* const user = named(name);
    return user != nullptr && is_known_by(*user, credential, otherwise) ? user : nullptr;
}

bool Users::take_credentials() const {
    return std::any_of(users_.begin(), users_.end(), [](const User& user) {
        return user.has_credentials();
    });
}

const User& anonymous() {
    static const User user_before_authentication = [] {
        User user;
        user.name = "(anonymous)";
        user.usage = std::make_shared<Usage>();
        return user;
    }();
    return user_before_authentication;
}

const User& owner() {
    static const User user = [] {
        User owner;
        owner.name = "(owner)";
        owner.publish.allow = {"$SYS.>"};
        owner.subscribe.allow = {"$SYS.event.>", "$SYS.json.event.>"};
        owner.usage = std::make_shared<Usage>();
        return owner;
    }();
    return user;
}

}  // namespace telex::access
