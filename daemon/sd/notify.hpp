#pragma once
// Tells systemd how the daemon is (sd_notify protocol): order of a life is
//
//   status / extend_start ... -> ready -> (reloading -> ready)* -> stopping -> (failed)
//
// with watchdog() at a third of watchdog_interval() throughout. libsystemd's own sender waits
// when the receiver's queue is full; this one shares a thread with live clients. It waits only
// until ready() is through, at the start and after reloading(): a second at most, since a lost
// READY=1 would leave the manager waiting for good.
#include "net/fd.hpp"
#include "net/socket_address.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace telex::sd {

// Owner: the application, one thread. Without NOTIFY_SOCKET every call does nothing.
//
// Each call returns false when its message was lost and none was before: that is worth one warning.
// Later losses return true, so that a dead socket does not fill the log. Those of the descriptor
// store are exact.
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

    // --- the descriptor store (FileDescriptorStoreMax=) ----------------------------------------
    // The manager keeps copies, and passes them to the next run under this name: ASCII without
    // control characters and ":", at most kMaxStoredName long. At most kMostStored at a time.
    // Returns false if it was not requested.
    [[nodiscard]] bool store(std::string_view name, std::span<const int> descriptors);
    bool remove_stored(std::string_view name);
    // Returns true once the manager has processed everything that was sent before.
    bool barrier(std::chrono::milliseconds within);

    static constexpr std::size_t kMaxStoredName = 255;
    static constexpr std::size_t kMostStored = 253;  // the kernel's limit for one message

    // Maximum interval between calls of watchdog(); none if systemd does not expect them.
    std::optional<std::chrono::microseconds> watchdog_interval() const { return watchdog_; }

private:
    bool tell(std::string_view message);
    bool send(std::string_view message, std::span<const int> descriptors = {});
    bool send_once(std::string_view message, std::span<const int> descriptors) const;

    net::UniqueFd socket_;
    net::SocketAddress where_;
    std::optional<std::chrono::microseconds> watchdog_;
    static constexpr std::chrono::milliseconds kPatience{1'000};

    std::chrono::milliseconds patience_ = kPatience;
    bool usable_ = true;
    bool warned_ = false;
};

}  // namespace telex::sd
