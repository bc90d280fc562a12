#pragma once
// Watches for the pause of a sender that ends a frame (framing `kind: idle`).
//
//   off --received()--> waiting --idle time--> turn: read on --nothing came--> end of frame --> off
//                          ^                    |    |
//                          |<--received()-------'    | something came, or the connection ends
//                          '<--held back: not read at the moment
//
// The turn may be late: bytes that came meanwhile belong to the frame, so it reads first.
//
// Owner: a connection. Thread: its reactor's.
#include "reactor/member_work.hpp"
#include "reactor/reactor.hpp"
#include "server/connection/turn_timers.hpp"

#include <chrono>
#include <cstdint>

namespace telex::server {

class PauseWatch {
public:
    enum class Found : std::uint8_t { nothing, something, held_back };

    // The connection of the sender.
    class Sender {
    public:
        Sender() = default;
        Sender(const Sender&) = delete;
        Sender& operator=(const Sender&) = delete;

        // Reads what came since received().
        virtual Found read_on() = 0;
        // All that has come is one frame.
        virtual void end_frame() = 0;

    protected:
        ~Sender() = default;
    };

    PauseWatch(
        reactor::Reactor& reactor,
        TurnTimers& timers,
        std::chrono::milliseconds idle,
        Sender& sender
    );
    ~PauseWatch();

    PauseWatch(const PauseWatch&) = delete;
    PauseWatch& operator=(const PauseWatch&) = delete;

    // Bytes have come: the pause begins again.
    void received();
    // No frame will end.
    void stop();

private:
    void turn();

    reactor::Reactor& reactor_;
    TurnTimers& timers_;
    std::chrono::milliseconds idle_;
    Sender& sender_;
    reactor::MemberWork<PauseWatch, &PauseWatch::turn> work_{*this};
};

}  // namespace telex::server
