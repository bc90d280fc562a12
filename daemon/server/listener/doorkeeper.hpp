#pragma once
// Who is let in, as all listeners share it: the users in force and the threads that check their
// passwords.
//
// Owner: the server. Thread: any.
#include "access/users.hpp"
#include "server/listener/password_checks.hpp"

#include <mutex>
#include <utility>

namespace telex::server {

class Doorkeeper {
public:
    // Null: everybody may do everything.
    explicit Doorkeeper(access::UsersPtr users) : users_(std::move(users)) {}

    access::UsersPtr users() const {
        const std::scoped_lock lock(mutex_);
        return users_;
    }

    // From now on; connections that are there have to look again by themselves.
    void use(access::UsersPtr users) {
        const std::scoped_lock lock(mutex_);
        users_ = std::move(users);
    }

    PasswordChecks& password_checks() { return password_checks_; }

private:
    mutable std::mutex mutex_;  // held for a copy, once for each connection
    access::UsersPtr users_;
    PasswordChecks password_checks_;
};

}  // namespace telex::server
