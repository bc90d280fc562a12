// `telex top`: what an exchange does, once a second, until it is enough.
#include "cli/commands/top_screen.hpp"
#include "cli/commands/verb.hpp"
#include "cli/connection/operator.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/output.hpp"
#include "wire/proto_json.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <memory>
#include <optional>

namespace telex::cli {
namespace {

constexpr std::string_view kTop = "top";
// How soon a key has its effect.
constexpr std::chrono::milliseconds kKeyTime{100};

struct TopOptions {
    OperatorOptions common;
    std::optional<std::chrono::milliseconds> interval;
    std::optional<std::uint64_t> count;
};

struct Order {
    char key;
    const char* name;
    v1::ListConnections::Order order;
};

constexpr Order kOrders[] = {
    {'p', "pending", v1::ListConnections::BY_PENDING_BYTES},
    {'r', "received", v1::ListConnections::BY_RECEIVED_BYTES},
    {'s', "sent", v1::ListConnections::BY_SENT_BYTES},
    {'d', "dropped", v1::ListConnections::BY_DROPPED_MESSAGES},
};

// The terminal as a screen of our own, and keys without Enter, until it goes.
class Terminal {
public:
    Terminal() : is_screen_(::isatty(STDOUT_FILENO) == 1) {
        has_keys_ = is_screen_ && ::tcgetattr(STDIN_FILENO, &saved_) == 0;
        if (has_keys_) {
            termios keys = saved_;
            keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
            keys.c_cc[VMIN] = 0;
            keys.c_cc[VTIME] = 0;
            // Keys then need Enter.
            (void)::tcsetattr(STDIN_FILENO, TCSANOW, &keys);
        }
        say("\x1b[?1049h\x1b[?25l");
    }

    ~Terminal() {
        say("\x1b[?25h\x1b[?1049l");
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
               fitted(text, static_cast<std::size_t>(size.ws_row) - 1, size.ws_col) +
               "q quit   p pending   r received   s sent   d dropped";
    }

    // Zero: none was pressed.
    char key() const {
        char pressed = 0;
        return has_keys_ && ::read(STDIN_FILENO, &pressed, 1) == 1 ? pressed : '\0';
    }

private:
    void say(std::string_view text) const {
        if (is_screen_) {
            // An output that is closed is found by the next screen.
            (void)!::write(STDOUT_FILENO, text.data(), text.size());
        }
    }

    bool is_screen_;
    bool has_keys_ = false;
    termios saved_{};
};

[[nodiscard]] Result<Look, Failure> take_look(
    Client& client,
    v1::ListConnections::Order order,
    std::optional<std::chrono::milliseconds> timeout
) {
    v1::ListConnections connections;
    connections.set_order(order);
    Look look;
    look.at = std::chrono::steady_clock::now();
    auto built_in = ask(client, "info", {}, look.info, timeout);
    built_in = built_in ? ask(client, "stats", {}, look.stats, timeout) : built_in;
    if (!built_in) {
        return unexpected(failure_of(built_in.error()));
    }
    auto asked = ask_admin(client, "connections", connections, look.connections, timeout);
    asked =
        asked ? ask_admin(client, "subjects", v1::ListSubjects(), look.subjects, timeout) : asked;
    if (!asked) {
        return unexpected(asked.error());
    }
    return look;
}

// Waits for the next look; takes keys meanwhile. False: it is enough.
bool wait(
    Stop& stop, const Terminal& terminal, std::chrono::milliseconds interval, const Order*& order
) {
    for (std::chrono::milliseconds waited{0}; waited < interval; waited += kKeyTime) {
        const Wake wake = stop.wait(std::min(kKeyTime, interval - waited));
        if (wake == Wake::interrupted || wake == Wake::output_closed) {
            return false;
        }
        const char key = terminal.key();
        if (key == 'q') {
            return false;
        }
        for (const Order& row : kOrders) {
            if (row.key == key) {
                order = &row;
                return true;
            }
        }
    }
    return true;
}

std::string shown(
    const TopOptions& options, const Look& before, const Look& now, const Order& order
) {
    if (options.common.format == Format::json) {
        return fmt::format(
            "{{\"stats\":{},\"connections\":{},\"subjects\":{}}}\n",
            wire::json_object(now.stats),
            wire::json_object(now.connections),
            wire::json_object(now.subjects)
        );
    }
    return top_screen(before, now, order.name);
}

// Until it is enough: the exit code. An error is told when the terminal is as it was.
[[nodiscard]] Result<int, Failure> watch(const TopOptions& options, Client& client, Stop& stop) {
    const Order* order = &kOrders[0];
    auto before = take_look(client, order->order, options.common.timeout);
    if (!before) {
        return unexpected(before.error());
    }
    const Terminal terminal;
    Output output(STDOUT_FILENO);
    const auto interval = options.interval.value_or(std::chrono::seconds(1));
    const bool is_text = options.common.format == Format::text;
    for (std::uint64_t left = options.count.value_or(UINT64_MAX); left > 0; --left) {
        if (!wait(stop, terminal, interval, order)) {
            break;
        }
        auto now = take_look(client, order->order, options.common.timeout);
        if (!now) {
            return unexpected(now.error());
        }
        const std::string text = shown(options, *before, *now, *order);
        output.write(is_text ? terminal.drawn(text) : text);
        if (!output.flush()) {
            break;
        }
        before = std::move(now);
    }
    return output.exit_code(kTop);
}

int run_top(const TopOptions& options) {
    Stop stop;
    auto connection = open_connection(kTop, options.common.connection, stop);
    if (!connection) {
        return connection.error();
    }
    const auto code = watch(options, connection->client, stop);
    connection->close();
    return code ? *code : fail(kTop, code.error());
}

}  // namespace

Action add_top(CLI::App& app) {
    auto options = std::make_shared<TopOptions>();
    add_duration(app, "--interval", options->interval, "Between two looks (1s)");
    add_count(app, "--count", options->count, "End after so many looks");
    add_operator(app, options->common);
    return [options] { return run_top(*options); };
}

}  // namespace telex::cli
