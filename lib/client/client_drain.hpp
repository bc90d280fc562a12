#pragma once
// The graceful end of a client, step by step: its subscriptions end, the callbacks run for what has
// arrived, pending replies come, the buffer is flushed. Each step waits until the common deadline.
// The steps run on the I/O thread; the client outlives them.
#include "base/time.hpp"
#include "client/completion.hpp"
#include "client/dispatcher.hpp"
#include "client/publisher.hpp"
#include "client/shared_state.hpp"
#include "client/subscriptions.hpp"

#include <functional>
#include <memory>

namespace telex::client {

class ClientDrain : public std::enable_shared_from_this<ClientDrain> {
public:
    struct Parts {
        SharedState& state;
        Dispatcher& dispatcher;
        Subscriptions& subscriptions;
        Publisher& publisher;
        // Makes the I/O thread look at the state, unless the client has gone. Any thread.
        std::function<void()> look;
    };

    ClientDrain(Parts parts, TimePoint deadline, Done<void> done);

    // Any thread. If it returns an error, `done` is not called.
    [[nodiscard]] Expected<void> start();

private:
    void run_callbacks();
    void await_replies();
    void flush();

    const Parts parts_;
    const TimePoint deadline_;
    const Done<void> done_;
    bool in_time_ = true;
};

}  // namespace telex::client
