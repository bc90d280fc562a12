#pragma once
// The configuration file, typed and checked: the loader makes it, the rest of the daemon reads it.
// Plain data; a default-constructed Config has the documented defaults and no listeners.
#include "access/accounts.hpp"
#include "log/output.hpp"
#include "server/listener/listener_options.hpp"
#include "server/server_options.hpp"
#include "streams/stream_options.hpp"

#include <sys/types.h>

#include <algorithm>
#include <cstddef>
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

// The store of streams. Without the keys `storage` and `streams` there is none.
struct StorageOptions {
    bool enabled = false;
    std::string folder;
    bool default_folder = false;  // the file does not name it: folders above it are created
    std::uint64_t cache_bytes = std::uint64_t{64} << 20U;
    std::uint64_t write_buffer_bytes = std::uint64_t{16} << 20U;
    std::uint64_t reserve_bytes = std::uint64_t{1} << 30U;
    std::uint64_t ballast_bytes = std::uint64_t{128} << 20U;
    std::uint64_t max_pending_bytes = std::uint64_t{32} << 20U;
};

// An entry of `streams`.
struct StreamEntry {
    std::string account{access::kDefaultAccountName};
    streams::StreamOptions options;
};

// Of one account.
inline constexpr std::size_t kMaxConfiguredStreams = 1'000;

struct Config {
    server::ServerOptions server;
    LogOptions log;
    HttpOptions http;
    std::vector<server::ListenerOptions> listeners;
    StorageOptions storage;
    std::vector<StreamEntry> streams;
};

}  // namespace telex::config
