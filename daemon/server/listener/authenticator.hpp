#pragma once
// Shared by all listeners and HTTP for authentication: the users in force, the limits of failed
// attempts, and the threads that compare passwords.
//
// Owner: the server. Thread: any.
#include "access/attempt_limiter.hpp"
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

    // Calls `use` with the limits of failed attempts, one thread at a time.
    template <class Use>
    auto with_attempts(Use use) {
        const std::scoped_lock lock(attempts_mutex_);
        return use(attempts_);
    }

    PasswordChecks& password_checks() { return password_checks_; }

private:
    mutable std::mutex mutex_;  // held for a copy, once for each connection
    access::UsersPtr users_;
    std::mutex attempts_mutex_;  // held once or twice for each attempt
    access::AttemptLimiter attempts_;
    PasswordChecks password_checks_;
};

}  // namespace telex::server
