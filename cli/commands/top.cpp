// `telex top`: shows the activity of an exchange once a second, until it is stopped.
#include "base/time.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/top_screen.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/output.hpp"
#include "wire/proto_json.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace telex::cli {
namespace {

constexpr std::string_view kTop = "top";
// Interval at which keys are read.
constexpr std::chrono::milliseconds kKeyInterval{100};

struct TopOptions {
    AdminOptions common;
    std::optional<std::chrono::milliseconds> interval;
    std::optional<std::uint64_t> count;
    const TopColumn* column = &kTopColumns[0];
};

// For rates the exchange lists many: its rates are those of another second.
constexpr std::uint32_t kRatedConnections = 1'000;

std::string key_help() {
    std::string help = "q quit";
    for (const TopColumn& column : kTopColumns) {
        help += fmt::format("   {} {}", column.key, column.name);
    }
    return help;
}

std::vector<std::string> column_names() {
    std::vector<std::string> names;
    names.reserve(kTopColumns.size());
    for (const TopColumn& column : kTopColumns) {
        names.emplace_back(column.name);
    }
    return names;
}

// Switches the terminal to the alternate screen and to unbuffered keys while it exists.
class Terminal {
public:
    Terminal() : is_screen_(::isatty(STDOUT_FILENO) == 1) {
        has_keys_ = is_screen_ && ::tcgetattr(STDIN_FILENO, &saved_) == 0;
        if (has_keys_) {
            termios keys = saved_;
            keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
            keys.c_cc[VMIN] = 0;
            keys.c_cc[VTIME] = 0;
            // If this fails, keys need Enter.
            (void)::tcsetattr(STDIN_FILENO, TCSANOW, &keys);
        }
        write_control("\x1b[?1049h\x1b[?25l");
    }

    ~Terminal() {
        write_control("\x1b[?25h\x1b[?1049l");
        if (has_keys_) {
            // A destructor cannot report an error.
            (void)::tcsetattr(STDIN_FILENO, TCSANOW, &saved_);
        }
    }

    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    std::string drawn(const std::string& text) const {
        winsize size{};
        if (!is_screen_ || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) {
            return text + "\n";
        }
        return "\x1b[H\x1b[2J" +
               fitted(text, static_cast<std::size_t>(size.ws_row) - 1, size.ws_col) + key_help();
    }

    // Returns zero if no key was pressed.
    char key() const {
        char pressed = 0;
        return has_keys_ && ::read(STDIN_FILENO, &pressed, 1) == 1 ? pressed : '\0';
    }

private:
    void write_control(std::string_view text) const {
        if (is_screen_) {
            // The next screen reports a closed output.
            (void)!::write(STDOUT_FILENO, text.data(), text.size());
        }
    }

    bool is_screen_;
    bool has_keys_ = false;
    termios saved_{};
};

[[nodiscard]] Result<Snapshot, Failure> take_snapshot(
    Client& client, const TopColumn& column, std::optional<std::chrono::milliseconds> timeout
) {
    v1::ListConnections connections;
    connections.set_order(column.order);
    if (column.is_rate) {
        connections.set_limit(kRatedConnections);
    }
    Snapshot snapshot;
    snapshot.at = Clock::now();
    auto system = request_system(client, "info", {}, snapshot.info, timeout);
    system = system ? request_system(client, "stats", {}, snapshot.stats, timeout) : system;
    if (!system) {
        return unexpected(failure_of(system.error()));
    }
    auto listed = request_admin(client, "connections", connections, snapshot.connections, timeout);
    listed = listed
                 ? request_admin(client, "subjects", v1::ListSubjects(), snapshot.subjects, timeout)
                 : listed;
    if (!listed) {
        return unexpected(listed.error());
    }
    return snapshot;
}

// Waits for the next screen and handles keys. Returns false if the command must end.
bool wait(
    SignalWaiter& signals,
    const Terminal& terminal,
    std::chrono::milliseconds interval,
    const TopColumn*& column
) {
    for (std::chrono::milliseconds waited{0}; waited < interval; waited += kKeyInterval) {
        const Wake wake = signals.wait(std::min(kKeyInterval, interval - waited));
        if (wake == Wake::interrupted || wake == Wake::output_closed) {
            return false;
        }
        const char key = terminal.key();
        if (key == 'q') {
            return false;
        }
        for (const TopColumn& row : kTopColumns) {
            if (row.key == key) {
                column = &row;
                return true;
            }
        }
    }
    return true;
}

std::string shown(
    const TopOptions& options, const Snapshot& before, const Snapshot& now, const TopColumn& column
) {
    if (options.common.format == Format::json) {
        return fmt::format(
            "{{\"stats\":{},\"connections\":{},\"subjects\":{}}}\n",
            wire::json_object(now.stats),
            wire::json_object(now.connections),
            wire::json_object(now.subjects)
        );
    }
    return top_screen(before, now, column);
}

// Returns the exit code at the end. The caller prints an error when the terminal is restored.
[[nodiscard]] Result<int, Failure> watch(
    const TopOptions& options, Client& client, SignalWaiter& signals
) {
    const TopColumn* column = options.column;
    auto before = take_snapshot(client, *column, options.common.timeout);
    if (!before) {
        return unexpected(before.error());
    }
    const Terminal terminal;
    Output output(STDOUT_FILENO);
    const auto interval = options.interval.value_or(std::chrono::seconds(1));
    const bool is_text = options.common.format == Format::text;
    for (std::uint64_t left = options.count.value_or(UINT64_MAX); left > 0; --left) {
        if (!wait(signals, terminal, interval, column)) {
            break;
        }
        auto now = take_snapshot(client, *column, options.common.timeout);
        if (!now) {
            return unexpected(now.error());
        }
        const std::string text = shown(options, *before, *now, *column);
        output.write(is_text ? terminal.drawn(text) : text);
        if (!output.flush()) {
            break;
        }
        before = std::move(now);
    }
    return output.exit_code(kTop);
}

int run_top(const TopOptions& options) {
    SignalWaiter signals;
    auto connection = open_connection(kTop, *options.common.connection, signals);
    if (!connection) {
        return connection.error();
    }
    const auto code = watch(options, connection->client, signals);
    connection->close();
    return code ? *code : fail(kTop, code.error());
}

}  // namespace

Command top_command(const SharedConnection& connection) {
    auto options = std::make_shared<TopOptions>();
    options->common.connection = connection;
    Command command{.name = "top", .summary = "Show the activity of an exchange, live"};
    OptionSet& set = command.options;
    set.add(
        {"--interval",
         "DURATION",
         "Time between two screens (default: 1s)",
         value::duration(options->interval)}
    );
    set.add({"--count", "N", "Exit after this many screens", value::count(options->count)});
    set.add(
        {"--sort",
         "COLUMN",
         fmt::format(
             "Sort connections by {} (default: pending); keys change it",
             fmt::join(column_names(), ", ")
         ),
         value::choice(
             column_names(),
             [options](const std::string& name) {
                 options->column = &*std::ranges::find(kTopColumns, name, &TopColumn::name);
             }
         )}
    );
    add_admin(set, options->common);
    command.footer = kAdminFooter;
    command.run = [options] { return run_top(*options); };
    return command;
}

}  // namespace telex::cli
