#pragma once
// The phases of a connection.
//
//   created --> handshake --> pre_auth --> open --(close)--> flushing --(written)--> lingering
//      \            |  \          \          \                    \                      |
//       \           |   \----------\----------\---(stream broken)--\--(time over)--> closed
//        \----------/ (no TLS: straight to pre_auth)
//
// Handshake: for the exchange the peer does not exist yet, and it has no queue. Its session has
// only been asked what precedes TLS. It costs the stream, a session and a deadline.
//
// Pre_auth: the session does not know its peer yet; only small frames are read, and not for long.
//
// Lingering: after the last byte is written the sending side is shut, and input is read and thrown
// away for a moment. Closing at once would make the kernel send a reset as soon as unread bytes
// exist, and the reset would overtake the error frame that says why.
//
// Owner and thread: the connection's. No I/O; time is passed in.
#include "base/rare_text.hpp"
#include "base/time.hpp"
#include "session/transport.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::server {

class Lifecycle {
public:
    enum class Phase : std::uint8_t {
        created,
        handshake,
        pre_auth,
        open,
        flushing,
        lingering,
        closed,
    };

    static constexpr std::chrono::seconds kFlushTime{5};
    static constexpr std::chrono::seconds kLingerTime{2};

    Phase phase() const { return phase_; }

    bool is(Phase phase) const { return phase_ == phase; }

    // Frames are exchanged with the session.
    bool is_live() const { return phase_ == Phase::open || phase_ == Phase::pre_auth; }

    // It is a client of the exchange.
    bool has_session() const { return phase_ >= Phase::pre_auth && phase_ < Phase::closed; }

    // Of handshake, flushing and lingering; TimePoint::max() in other phases.
    TimePoint deadline() const { return deadline_; }

    void begin_handshake(TimePoint deadline);
    void begin_session();
    // The session knows its peer.
    void authenticated();
    // Returns false if it is closing already, or has not begun: the first reason counts.
    [[nodiscard]] bool close(session::CloseReason reason, std::string_view detail, TimePoint now);
    // Everything is written.
    void linger(TimePoint now);
    // Returns false if it has ended already. The reason counts if nothing has closed it before.
    [[nodiscard]] bool end(session::CloseReason reason);

    // Why the connection ends; client_closed if no other reason is known.
    session::CloseReason reason() const { return reason_; }

    // Why what is queued is dropped when it ends for that reason.
    broker::DropReason drop_reason() const;

    std::string_view detail() const { return detail_.view(); }

    void set_detail(std::string detail) { detail_.assign(std::move(detail)); }

private:
    TimePoint deadline_ = TimePoint::max();
    RareText detail_;
    // Last, so that the connection's next member uses the padding.
    Phase phase_ = Phase::created;
    session::CloseReason reason_ = session::CloseReason::client_closed;
};

}  // namespace telex::server
