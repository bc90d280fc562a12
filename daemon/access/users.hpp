#pragma once
// The users that the configuration names, and how a peer is found to be one of them.
//
// A user is known by what the kernel or TLS vouches for: the uid or a group of the process at the
// other end of a unix socket, the name in a client certificate. Whoever is nobody of them may stand
// in for the user of the listener, if it has one.
//
// Owner: shared by all listeners. Thread: any; constant once made.
#include "access/permissions.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::access {

struct User {
    std::string name;
    std::vector<std::uint32_t> uids;
    std::vector<std::uint32_t> gids;
    std::vector<std::string> certificates;
    Permissions publish;
    Permissions subscribe;
};

// What is known of a peer.
struct Evidence {
    std::string_view certificate;        // name in a certificate that was verified; empty for none
    const std::uint32_t* uid = nullptr;  // null where the kernel does not say
    std::vector<std::uint32_t> gids;
};

class Users {
public:
    explicit Users(std::vector<User> users) : users_(std::move(users)) {}

    // By certificate, then uid, then group, then as `otherwise` (a user's name; empty for none).
    // Null: nobody.
    const User* find(const Evidence& evidence, std::string_view otherwise) const;
    const User* named(std::string_view name) const;

private:
    std::vector<User> users_;
};

using UsersPtr = std::shared_ptr<const Users>;

// The uid that stands for users that are unknown in this user namespace: nobody in particular.
inline constexpr std::uint32_t kOverflowId = 65'534;

}  // namespace telex::access
