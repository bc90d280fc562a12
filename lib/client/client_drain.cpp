#include "client/client_drain.hpp"

#include <atomic>
#include <utility>

namespace telex::client {

ClientDrain::ClientDrain(Parts parts, TimePoint deadline, Done<void> done)
    : parts_(std::move(parts)), deadline_(deadline), done_(std::move(done)) {}

Expected<void> ClientDrain::start() {
    return parts_.subscriptions.drain_all(deadline_, [self = shared_from_this()] {
        self->run_callbacks();
    });
}

// Calls run in the order of posting: when this one runs, the earlier ones have ended.
void ClientDrain::run_callbacks() {
    const auto reached = std::make_shared<std::atomic<bool>>(false);
    {
        const std::scoped_lock lock(parts_.state.mutex);
        parts_.state.wait_for(
            {[reached] { return reached->load(); },
             deadline_,
             [self = shared_from_this(), reached] {
                 self->in_time_ = reached->load();
                 self->await_replies();
             }}
        );
    }
    parts_.dispatcher.post([reached, look = parts_.look] {
        reached->store(true);
        look();
    });
}

void ClientDrain::await_replies() {
    parts_.publisher.finish_requests(deadline_, [self = shared_from_this()](bool in_time) {
        self->in_time_ = self->in_time_ && in_time;
        self->flush();
    });
}

void ClientDrain::flush() {
    const auto finish = [self = shared_from_this()](Expected<void> result) {
        if (result && !self->in_time_) {
            result = tl::unexpected(Error{Errc::timeout, "callbacks or replies took too long"});
        }
        self->done_(std::move(result));
    };
    if (auto begun = parts_.publisher.flush(deadline_, finish); !begun) {
        finish(std::move(begun));
    }
}

}  // namespace telex::client
