#include "client/shared_state.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace telex::client {

Error SharedState::closed_error() const {
    std::string text = "the client is closed";
    if (!closing && last_failure.code != Errc::unspecified) {
        text += ": " + last_failure.text;
    }
    return {Errc::closed, std::move(text)};
}

Completion SharedState::take_request(std::uint64_t id) {
    const std::scoped_lock lock(mutex);
    Completion completion = requests.take(id);
    notify_changed();
    return completion;
}

void SharedState::expire(TimePoint now) {
    std::vector<Completion> expired;
    {
        const std::scoped_lock lock(mutex);
        expired = requests.take_expired(now);
        if (!expired.empty()) {
            notify_changed();
        }
    }
    for (const Completion& request : expired) {
        request.fail({Errc::timeout, "no reply, and no error from the exchange"});
    }
    run_waits();
}

void SharedState::run_waits() {
    for (;;) {
        std::vector<Wait> ended;
        {
            const std::scoped_lock lock(mutex);
            ended = phase == Phase::closed ? waits.take_all() : waits.take_ended(Clock::now());
        }
        if (ended.empty()) {
            return;
        }
        for (const Wait& wait : ended) {
            wait.done();
        }
    }
}

void SharedState::notify_changed() {
    changed.notify_all();
    if (!waits.empty()) {
        wake();
    }
}

void SharedState::wait_for(Wait wait) {
    waits.add(std::move(wait));
    wake();
}

void SharedState::wake() {
    if (!wake_posted && phase != Phase::closed) {
        wake_posted = true;
        post_wake_();
    }
}

}  // namespace telex::client
