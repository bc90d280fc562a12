#pragma once
// An attempt to authenticate that waits for its turn (access::AttemptLimiter).
//
// Owner and thread: the connection's.
#include "access/users.hpp"
#include "base/time.hpp"
#include "reactor/member_work.hpp"
#include "reactor/reactor.hpp"
#include "server/connection/turn_timers.hpp"
#include "session/transport.hpp"

#include <memory>
#include <utility>

namespace telex::server {

class WaitingAttempt {
public:
    // All outlive this.
    WaitingAttempt(reactor::Reactor& reactor, TurnTimers& timers, session::Transport& client)
        : reactor_(reactor), timers_(timers), client_(client) {}

    ~WaitingAttempt() {
        reactor_.forget(work_);
        timers_.forget(work_);
    }

    WaitingAttempt(const WaitingAttempt&) = delete;
    WaitingAttempt& operator=(const WaitingAttempt&) = delete;

    void wait(TimePoint turn, access::Credentials credentials) {
        credentials_ = std::make_unique<access::Credentials>(std::move(credentials));
        timers_.run_at(turn, work_);
    }

    // At the end of the connection.
    void stop() {
        timers_.forget(work_);
        credentials_.reset();
    }

private:
    // It may have to wait again.
    void attempt() {
        if (const auto credentials = std::move(credentials_)) {
            client_.authenticate(std::move(*credentials));
        }
    }

    reactor::Reactor& reactor_;
    TurnTimers& timers_;
    session::Transport& client_;
    reactor::MemberWork<WaitingAttempt, &WaitingAttempt::attempt> work_{*this};
    std::unique_ptr<access::Credentials> credentials_;
};

}  // namespace telex::server
