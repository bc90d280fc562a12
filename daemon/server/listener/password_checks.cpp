#include "server/listener/password_checks.hpp"

#include "auth/password_hash.hpp"
#include "auth/token.hpp"
#include "auth/wipe.hpp"

#include <pthread.h>

#include <csignal>
#include <system_error>
#include <utility>

namespace telex::server {

namespace {

// The application's thread handles signals.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }

    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

PasswordChecks::~PasswordChecks() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        waiting_.clear();
        changed_.notify_all();
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

bool PasswordChecks::submit(
    std::string hash, std::string password, std::function<void(bool)> done
) {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || waiting_.size() >= kQueue || !ensure_threads()) {
        auth::wipe(password);
        return false;
    }
    waiting_.push_back({std::move(hash), std::move(password), std::move(done)});
    changed_.notify_one();
    return true;
}

// Under mutex_. One thread is enough.
bool PasswordChecks::ensure_threads() {
    const SignalsBlocked blocked;
    try {
        while (threads_.size() < kThreads) {
            threads_.emplace_back([this] { run(); });
        }
    } catch (const std::system_error&) {
        return !threads_.empty();
    }
    return true;
}

void PasswordChecks::run() {
    for (;;) {
        Check check;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (stopping_) {
                return;
            }
            check = std::move(waiting_.front());
            waiting_.pop_front();
        }
        const bool fits = auth::password_fits(check.hash, check.password);
        auth::wipe(check.password);
        check.done(fits);
    }
}

}  // namespace telex::server
