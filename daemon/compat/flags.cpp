#include "compat/flags.hpp"

#include "compat/units.hpp"
#include "config/parse/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace telex::compat {

namespace {

struct Flag {
    std::string_view name;
    std::string_view others;  // separated by spaces
    std::string_view value;   // for the help; empty: none
    std::string_view help;
};

constexpr std::array<Flag, 19> kFlags{{
    {"addr", "a net", "HOST", "Address to listen on (default: 127.0.0.1)"},
    {"port", "p", "PORT", "Port to listen on (default: 4222; -1: any free port)"},
    {"name", "n server_name", "NAME", "Name of the server"},
    {"config", "c", "FILE", "Configuration file of nats-server, with the keys of docs/nats.md"},
    {"pid", "P", "FILE", "Write the process id to FILE"},
    {"log", "l", "FILE", "Append the log to FILE (default: standard error)"},
    {"debug", "D", "", "Log at level debug"},
    {"trace", "V", "", "The same"},
    {"debug_trace", "DV VV DVV", "", "The same"},
    {"user", "", "USER", "User that clients must authenticate as"},
    {"pass", "", "PASSWORD", "Its password"},
    {"auth", "", "TOKEN", "Token that clients must send"},
    {"tls", "", "", "Require TLS"},
    {"tlscert", "", "FILE", "Certificate of the server"},
    {"tlskey", "", "FILE", "Its private key"},
    {"tlsverify", "", "", "Require client certificates"},
    {"tlscacert", "", "FILE", "Authorities of client certificates"},
    {"t", "", "", "Check the configuration and exit"},
    {"version", "v", "", "Print the version of nats-server that is served, and exit"},
}};

struct Refused {
    std::string_view names;  // separated by spaces
    std::string_view instead;
};

constexpr std::array<Refused, 9> kRefused{{
    {"cluster cluster_name routes cluster_advertise connect_retries no_advertise cluster_listen",
     "telexd runs as a single server"},
    {"js jetstream sd store_dir", "telexd has no JetStream"},
    {"m http_port ms https_port",
     "monitoring needs a telex configuration with 'http.address' (metrics, lists, dashboard)"},
    {"s syslog r remote_syslog", "the log goes to standard error, which systemd's journal takes"},
    {"sl signal", "send the signals HUP and TERM to the process"},
    {"client_advertise", "telexd does not announce addresses"},
    {"T logtime log_size_limit max_traced_msg_len", "lines of the log have one format"},
    {"tls_verify_and_map tlscafile", "map certificates to users in a telex configuration"},
    {"ports_file_dir profile", "the log names the port in its line 'listening'"},
}};

bool contains_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == word) {
            return true;
        }
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

const Flag* find_flag(std::string_view name) {
    const auto found = std::find_if(kFlags.begin(), kFlags.end(), [&](const Flag& flag) {
        return flag.name == name || contains_word(flag.others, name);
    });
    return found == kFlags.end() ? nullptr : &*found;
}

std::string unknown(std::string_view name) {
    const auto refused = std::find_if(kRefused.begin(), kRefused.end(), [&](const Refused& row) {
        return contains_word(row.names, name);
    });
    if (refused != kRefused.end()) {
        return fmt::format("-{} is not supported: {}; see docs/nats.md", name, refused->instead);
    }
    return fmt::format(
        "-{} is not a supported flag of nats-server; see docs/nats.md", config::shown(name)
    );
}

using Arguments = std::span<const std::string>;

// Takes the value of a flag that must have one, from behind '=' or from the next argument.
[[nodiscard]] Result<std::string, std::string> take_value(
    const Flag& flag, std::optional<std::string> value, Arguments& rest
) {
    if (!value && rest.empty()) {
        return unexpected(fmt::format("-{} needs a value: {}", flag.name, flag.value));
    }
    if (!value) {
        value = rest.front();
        rest = rest.subspan(1);
    }
    return *std::move(value);
}

[[nodiscard]] Result<std::string, std::string> take_switch(
    const Flag& flag, const std::optional<std::string>& value
) {
    const auto on = parse_boolean(value.value_or("true"));
    if (!on) {
        return unexpected(fmt::format("-{} is true or false", flag.name));
    }
    return std::string(*on ? "true" : "false");
}

void settle_action(Flags& flags) {
    if (flags.is_on("version")) {
        flags.action = Flags::Action::version;
    } else if (flags.is_on("t")) {
        flags.action = Flags::Action::check;
    }
}

}  // namespace

std::string_view Flags::value(std::string_view name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::string_view() : std::string_view(found->second);
}

bool Flags::is_on(std::string_view name) const {
    return value(name) == "true";
}

Result<Flags, std::string> parse_flags(std::span<const std::string> arguments) {
    Flags flags;
    while (!arguments.empty()) {
        std::string_view name = arguments.front();
        if (!name.starts_with('-') || name == "-" || name == "--") {
            return unexpected(fmt::format("'{}' is not a flag", config::shown(name)));
        }
        name.remove_prefix(name.starts_with("--") ? 2 : 1);
        const std::size_t equals = name.find('=');
        std::optional<std::string> value;
        if (equals != std::string_view::npos) {
            value = std::string(name.substr(equals + 1));
            name = name.substr(0, equals);
        }
        if (name == "h" || name == "help") {
            flags.action = Flags::Action::help;
            return flags;
        }
        const Flag* const flag = find_flag(name);
        if (flag == nullptr) {
            return unexpected(unknown(name));
        }
        arguments = arguments.subspan(1);
        auto taken = flag->value.empty() ? take_switch(*flag, value)
                                         : take_value(*flag, std::move(value), arguments);
        if (!taken) {
            return unexpected(std::move(taken.error()));
        }
        flags.values.insert_or_assign(std::string(flag->name), *std::move(taken));
    }
    settle_action(flags);
    return flags;
}

std::string flags_help() {
    std::string text =
        "Usage: telexd --nats-compat [flags]\n\n"
        "telexd in place of nats-server: one listener for NATS clients (docs/nats.md).\n\n";
    for (const Flag& flag : kFlags) {
        std::string names = fmt::format("-{} {}", flag.name, flag.value);
        std::string_view rest = flag.others;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            names = fmt::format("-{} {}", rest.substr(0, end), names);
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        text += fmt::format("  {:<32} {}\n", names, flag.help);
    }
    return text;
}

}  // namespace telex::compat
