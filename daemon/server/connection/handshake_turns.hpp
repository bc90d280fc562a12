#pragma once
// The handshakes of one reactor: those of TLS, and upgrades to WebSocket.
//
// A step of TLS may take half a millisecond of processor time, and a peer that repeats the
// recorded first bytes of another causes it for nothing. So a slice carries out one step, in the
// order in which they became ready, and the steps of all peers together have the share of one.
// A connection waits at most once: the limits of the listeners bound the queue.
//
// Owner: one reactor's table of connections. Thread: that reactor's.
#include "base/ring.hpp"
#include "reactor/reactor.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::server {

class HandshakeTurns final : public reactor::TurnWork {
public:
    // A connection whose handshake can go on.
    class Step {
    public:
        virtual ~Step() = default;
        virtual void run_handshake_step() = 0;

    private:
        friend class HandshakeTurns;
        std::uint64_t number_ = 0;  // of its place in the queue; 0: it does not wait
    };

    explicit HandshakeTurns(reactor::Reactor& reactor) : reactor_(reactor) {}

    ~HandshakeTurns() override { reactor_.forget(*this); }

    HandshakeTurns(const HandshakeTurns&) = delete;
    HandshakeTurns& operator=(const HandshakeTurns&) = delete;

    // Runs `step` in one of the next turns. No effect while it waits.
    void add(Step& step);
    // Before `step` is destroyed.
    void forget(Step& step);

    std::size_t waiting() const { return queue_.size(); }

    void run_turn_work() override;

private:
    Step* take_first();

    reactor::Reactor& reactor_;
    Ring<Step*> queue_;        // null: forgotten
    std::uint64_t first_ = 1;  // number of the first place
};

}  // namespace telex::server
