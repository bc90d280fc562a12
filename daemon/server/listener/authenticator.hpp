#pragma once
// Shared by all listeners for authentication: the users in force, and the threads that compare
// passwords.
//
// Owner: the server. Thread: any.
#include "access/users.hpp"
#include "server/listener/password_checks.hpp"

#include <mutex>
#include <utility>

namespace telex::server {

class Authenticator {
public:
    // `users` may be null: then every client may do everything.
    explicit Authenticator(access::UsersPtr users) : users_(std::move(users)) {}

    access::UsersPtr users() const {
        const std::scoped_lock lock(mutex_);
        return users_;
    }

    // Replaces the users. Existing connections must reauthorize themselves.
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
