#pragma once
// The daemon as a whole, as far as operators control it. Implemented by the application.
//
// Thread: the application's.
#include "wire/admin_error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::admin {

struct DaemonState {
    bool draining = false;
    // Why the last reload failed: its error and the first diagnostics. Absent if it succeeded.
    std::optional<v1::ReloadReport> refused_reload{};
    std::int64_t configured_unix_seconds = 0;  // when the current configuration was loaded
    // Addresses of listeners whose socket file was deleted.
    std::vector<std::string> unreachable_addresses;
    // Why streams store nothing: the disk is full or failed. Empty if they do, and without a store.
    std::string storage_problem;
};

class DaemonControl {
public:
    virtual ~DaemonControl() = default;

    // Reloads the configuration. With `dry_run` returns what would change and changes nothing. The
    // report has an `error` if the current configuration stays. `force`: changes of streams may
    // remove stored messages.
    virtual v1::ReloadReport reload(bool dry_run, bool force) = 0;
    // Begins to stop, as SIGTERM does.
    virtual void drain() = 0;
    [[nodiscard]] virtual wire::AdminResult<void> set_log_level(std::string_view level) = 0;
    virtual std::string log_level() const = 0;
    // The configuration in force as a file, without secrets.
    virtual std::string configuration() const = 0;
    virtual DaemonState state() const = 0;
};

}  // namespace telex::admin
