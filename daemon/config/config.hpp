#pragma once
// The configuration file, typed and checked: the loader makes it, the rest of the daemon reads it.
// Plain data; a default-constructed Config has the documented defaults and no listeners.
#include "log/output.hpp"
#include "server/listener/listener_options.hpp"
#include "server/server_options.hpp"

#include <sys/types.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

using LogLevel = log::Level;
using LogFormat = log::Format;

// The names are those of the configuration.
std::optional<LogLevel> log_level_named(std::string_view name);

struct LogOptions {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::automatic;
};

// The HTTP interface for monitoring and the dashboard.
struct HttpOptions {
    std::vector<net::Address> addresses;  // empty: disabled
    std::optional<mode_t> mode;           // of unix socket files
    std::vector<std::string> hosts;       // further accepted host names, lower case
};

inline constexpr unsigned kMaxReactors = 64;

// `reactors: auto`: one per processor, at most 16.
constexpr unsigned automatic_reactors(unsigned processors) {
    return std::clamp(processors, 1U, 16U);
}

struct Config {
    server::ServerOptions server;
    LogOptions log;
    HttpOptions http;
    std::vector<server::ListenerOptions> listeners;
};

}  // namespace telex::config
