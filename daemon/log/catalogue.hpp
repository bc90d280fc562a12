#pragma once
// The catalogue of log events: every line of the daemon's log is one of them.
//
// To add an event, add a row here, its explanation in systemd/telex.catalog and its row in
// docs/operations.md; a test compares the three. Names and message ids never change: users filter
// on them. Sentences may.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::log {

enum class Level : std::uint8_t { debug, info, warning, error, critical };

inline constexpr std::size_t kLevels = 5;

// As the configuration and the log write it.
std::string_view name_of(Level level);

struct Event {
    std::string_view name;        // `event` in JSON, TELEX_EVENT in the journal
    Level level;                  // a call may choose another one
    std::string_view message_id;  // MESSAGE_ID in the journal: 32 hex digits
    std::string_view sentence;
    // Maximum lines per second and level. 0: unlimited, for events that no client can cause.
    std::uint32_t per_second = 0;
};

inline constexpr std::array kCatalogue{
    // The daemon
    Event{"ready", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a01", "ready"},
    Event{"listening", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a02", "listening"},
    Event{"signal", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0b", "signal received"},
    Event{"stopped", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0c", "stopped"},
    Event{"startup_failed", Level::critical, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a13", "startup failed"},
    Event{
        "descriptor_limit",
        Level::warning,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a14",
        "cannot raise the limit on open files"
    },
    Event{
        "sockets_ignored",
        Level::error,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a15",
        "ignoring sockets passed by the service manager"
    },
    Event{
        "socket_unused",
        Level::warning,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a16",
        "closed a passed socket that no listener uses"
    },
    Event{
        "notify_failed",
        Level::warning,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a17",
        "cannot notify the service manager"
    },
    Event{
        "reactor_stuck",
        Level::error,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a09",
        "reactor unresponsive, withholding watchdog ping"
    },
    Event{
        "memory_returned",
        Level::debug,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a1d",
        "returned free memory to the system"
    },
    Event{"log_lines_lost", Level::warning, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0d", "log lines lost"},
    // Configuration
    Event{"config_error", Level::error, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a18", "configuration error"},
    Event{
        "config_warning",
        Level::warning,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a19",
        "configuration warning"
    },
    Event{
        "reload_refused",
        Level::error,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a04",
        "reload failed, keeping the current configuration"
    },
    Event{"reload_change", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a06", "configuration change"},
    Event{"reload_done", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a05", "configuration reloaded"},
    Event{"operator", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0a", "operator action"},
    // Streams
    Event{"store_opened", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a30", "store opened"},
    Event{
        "store_full",
        Level::error,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a31",
        "disk full, streams store nothing"
    },
    Event{
        "store_room_again",
        Level::info,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a32",
        "room on the disk again, streams store messages"
    },
    Event{
        "store_failed",
        Level::critical,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a33",
        "store failed, restart required"
    },
    Event{
        "store_warning",
        Level::warning,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a34",
        "warning of the store",
        5
    },
    Event{"stream_created", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a35", "stream created"},
    // Listeners
    Event{
        "address_missing",
        Level::warning,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0e",
        "address not assigned to this host yet"
    },
    Event{
        "socket_file_deleted",
        Level::error,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a11",
        "socket file deleted, reload to recreate it"
    },
    Event{
        "cannot_serve", Level::error, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a1b", "cannot serve a socket"
    },
    Event{
        "cannot_accept",
        Level::error,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a07",
        "cannot accept connections",
        1
    },
    Event{
        "certificate_invalid",
        Level::error,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0f",
        "certificate not valid"
    },
    Event{
        "certificate_expires",
        Level::warning,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a10",
        "certificate expires soon"
    },
    // Connections
    Event{
        "connection_ended", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a03", "connection ended", 50
    },
    Event{
        "no_memory",
        Level::error,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a08",
        "out of memory, connection refused",
        50
    },
    Event{
        "cannot_watch",
        Level::error,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a1a",
        "cannot watch a connection",
        50
    },
    Event{
        "block_expired",
        Level::warning,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a21",
        "max_block expired, publishers resumed",
        50
    },
    // The exchange limits these itself: per client, reason and reactor.
    Event{"messages_dropped", Level::info, "f3c5d0c6b6f94c5ea2a1f0f59d1b7a12", "messages dropped"},
    Event{
        "reply_withheld",
        Level::warning,
        "f3c5d0c6b6f94c5ea2a1f0f59d1b7a1c",
        "reply withheld from an unverified datagram peer",
        10
    },
};

// An event by its name. A name that is not in the catalogue does not compile.
class EventId {
public:
    // NOLINTNEXTLINE(google-explicit-constructor): written as log::write("ready", ...)
    consteval EventId(const char* name) : index_(index_of(name)) {}

    constexpr std::size_t index() const { return index_; }

    constexpr const Event& operator*() const { return kCatalogue[index_]; }

private:
    static constexpr std::size_t index_of(std::string_view name) {
        std::size_t index = 0;
        while (kCatalogue.at(index).name != name) {
            ++index;
        }
        return index;
    }

    std::size_t index_;
};

}  // namespace telex::log
