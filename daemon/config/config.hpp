#pragma once
// Everything that the configuration file says, typed and checked: what the loader makes and the
// rest of the daemon reads. Plain data; a default-constructed Config has the documented defaults
// and no listeners.
#include "access/users.hpp"
#include "server/listener/listener_options.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// As the configuration names them.
std::optional<LogLevel> log_level_named(std::string_view name);
std::string_view name_of(LogLevel level);

enum class LogFormat : std::uint8_t {
    automatic,  // journald when standard error is the journal, else text
    journald,
    text,
    json,
};

struct LogOptions {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::automatic;
};

// The surface for monitoring and browsers.
struct HttpOptions {
    std::vector<net::Address> addresses;  // none: there is no such surface
    std::optional<mode_t> mode;           // of unix socket files
    std::vector<std::string> hosts;       // further names that it is reached by, lower case
};

inline constexpr unsigned kMaxReactors = 64;

// `reactors: auto`: one thread per processor, but no more than 16.
constexpr unsigned automatic_reactors(unsigned processors) {
    return std::clamp(processors, 1U, 16U);
}

struct Config {
    std::string server_name = "telex";
    unsigned reactors = 1;
    // How long a reactor looks for more work before it sleeps.
    std::chrono::microseconds spin{0};
    std::size_t memory_budget_bytes = std::size_t{256} << 20U;
    // Requests that wait for their answers, on each reactor.
    std::size_t max_open_requests = 100'000;
    std::chrono::milliseconds drain_timeout{10'000};
    LogOptions log;
    HttpOptions http;
    // None: everybody who can connect may do everything.
    std::vector<access::User> users;
    // Those of users, beside the default one.
    std::vector<access::Account> accounts;
    std::vector<server::ListenerOptions> listeners;
};

}  // namespace telex::config
