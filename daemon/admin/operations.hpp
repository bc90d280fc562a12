#pragma once
// What operators may have done to the daemon as a whole, beyond its server. The application does
// it.
//
// Thread: the application's.
#include "wire/admin_error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::admin {

struct DaemonState {
    bool draining = false;
    bool last_reload_succeeded = true;
    std::int64_t configured_unix_seconds = 0;  // when the configuration in force was loaded
    // Of listeners, where somebody deleted the socket file.
    std::vector<std::string> unreachable_addresses;
};

class Operations {
public:
    virtual ~Operations() = default;

    // Reads the configuration again; `dry_run` says what that would change, and does nothing. The
    // report has an `error` when everything stays as it was.
    virtual v1::ReloadReport reload(bool dry_run) = 0;
    // Begins to stop, as by SIGTERM.
    virtual void drain() = 0;
    [[nodiscard]] virtual wire::AdminResult<void> set_log_level(std::string_view level) = 0;
    virtual std::string log_level() const = 0;
    virtual DaemonState state() const = 0;
};

}  // namespace telex::admin
