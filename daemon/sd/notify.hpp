#pragma once
// Tells systemd how the daemon is (sd_notify protocol): order of a life is
//
//   status / extend_start ... -> ready -> (reloading -> ready)* -> stopping -> (failed)
//
// with watchdog() at a third of watchdog_interval() throughout. libsystemd's own sender waits when
// the receiver's queue is full; this one never does, because it shares a thread with live clients.
#include "net/fd.hpp"
#include "net/socket_address.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace telex::sd {

// Owner: the application, one thread. Without NOTIFY_SOCKET every call does nothing.
//
// Each call returns false when its message was lost and none was before: that is worth one warning.
// Later losses return true, so that a dead socket does not fill the log.
class Notifier {
public:
    // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    Notifier();

    bool enabled() const { return static_cast<bool>(socket_); }

    bool ready(std::string_view status);
    bool reloading();
    bool stopping();
    bool status(std::string_view text);
    // The start takes longer: systemd shall wait this much from now on.
    bool extend_start(std::chrono::microseconds more);
    // The last words before a failing exit.
    bool failed(int code, std::string_view text);
    bool watchdog();

    // How often at most systemd wants to hear watchdog(); none when it does not.
    std::optional<std::chrono::microseconds> watchdog_interval() const { return watchdog_; }

private:
    bool send(std::string_view message);

    net::UniqueFd socket_;
    net::SocketAddress where_;
    std::optional<std::chrono::microseconds> watchdog_;
    bool usable_ = true;
    bool warned_ = false;
};

}  // namespace telex::sd
