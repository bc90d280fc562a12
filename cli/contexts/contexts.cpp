#include "cli/contexts/contexts.hpp"

#include "base/suggest.hpp"
#include "base/units.hpp"
#include "config/parse/yaml_tree.hpp"
#include "net/address.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace telex::cli {
namespace {

using config::Node;
using config::Report;

constexpr std::string_view kServer = "server";
constexpr std::string_view kConnectTimeout = "connect-timeout";

// A key of a context whose value is a text.
struct TextKey {
    std::string_view name;
    std::string& (*of)(ConnectionOptions&);
    bool of_credentials = false;
};

constexpr std::array<TextKey, 9> kTextKeys{{
    {"tls-ca", [](ConnectionOptions& o) -> std::string& { return o.tls.ca_file; }},
    {"tls-pin", [](ConnectionOptions& o) -> std::string& { return o.tls.key_pin; }},
    {"tls-name", [](ConnectionOptions& o) -> std::string& { return o.tls.server_name; }},
    {"tls-cert", [](ConnectionOptions& o) -> std::string& { return o.tls.certificate_file; }},
    {"tls-key", [](ConnectionOptions& o) -> std::string& { return o.tls.key_file; }},
    {"user", [](ConnectionOptions& o) -> std::string& { return o.user; }, true},
    {"password-file", [](ConnectionOptions& o) -> std::string& { return o.password_file; }, true},
    {"token-file", [](ConnectionOptions& o) -> std::string& { return o.token_file; }, true},
    {"identity", [](ConnectionOptions& o) -> std::string& { return o.identity_file; }, true},
}};

const TextKey* find_text_key(std::string_view name) {
    const auto* const found =
        std::ranges::find(kTextKeys, name, [](const TextKey& key) { return key.name; });
    return found == kTextKeys.end() ? nullptr : found;
}

void refuse_key(
    const config::Entry& entry, const std::vector<std::string_view>& allowed, Report& report
) {
    const auto meant = closest(entry.key, allowed);
    report.error(
        entry.at,
        fmt::format("unknown key '{}'", entry.key) +
            (meant ? fmt::format("; did you mean '{}'?", *meant) : std::string())
    );
}

std::string read_text(const config::Entry& entry, Report& report) {
    if (entry.value.kind != Node::Kind::text) {
        report.error(entry.at, fmt::format("{} must be a text", entry.key));
    }
    return entry.value.text;
}

std::vector<std::string> read_servers(const config::Entry& entry, Report& report) {
    if (entry.value.items.empty()) {
        report.error(entry.at, "server must be a list of servers: [tls://HOST]");
    }
    std::vector<std::string> servers;
    for (const Node& item : entry.value.items) {
        if (item.kind != Node::Kind::text) {
            report.error(item.at, "a server must be a text");
        } else if (net::has_user_info(item.text)) {
            report.error(item.at, "a server has an '@': credentials do not belong into an address");
        }
        servers.push_back(item.text);
    }
    return servers;
}

void read_connect_timeout(const config::Entry& entry, ConnectionOptions& options, Report& report) {
    const auto time = parse_duration(read_text(entry, report));
    if (!time) {
        report.error(entry.at, fmt::format("{}: {}", kConnectTimeout, time.error()));
        return;
    }
    options.connect_timeout = *time;
}

ConnectionOptions read_context(const config::Entry& context, Report& report) {
    ConnectionOptions options;
    for (const config::Entry& entry : context.value.entries) {
        if (const TextKey* const key = find_text_key(entry.key)) {
            key->of(options) = read_text(entry, report);
        } else if (entry.key == kServer) {
            options.servers = read_servers(entry, report);
        } else if (entry.key == kConnectTimeout) {
            read_connect_timeout(entry, options, report);
        } else {
            std::vector<std::string_view> names{kServer, kConnectTimeout};
            std::ranges::transform(kTextKeys, std::back_inserter(names), &TextKey::name);
            refuse_key(entry, names, report);
        }
    }
    const auto& entries = context.value.entries;
    if (std::ranges::find(entries, kServer, &config::Entry::key) == entries.end()) {
        report.error(context.at, fmt::format("context '{}' has no server", context.key));
    }
    return options;
}

// Anything else would be lost when the file is changed.
void require_mapping(const Node& node, std::string_view name, Report& report) {
    if (node.kind != Node::Kind::mapping && node.kind != Node::Kind::empty &&
        node.kind != Node::Kind::refused) {
        report.error(
            node.at, fmt::format("{} must be a mapping, not {}", name, config::describe(node.kind))
        );
    }
}

Contexts contexts_in(const Node& root, Report& report) {
    Contexts contexts;
    require_mapping(root, "the file", report);
    for (const config::Entry& entry : root.entries) {
        if (entry.key == "selected") {
            contexts.selected = read_text(entry, report);
        } else if (entry.key == "contexts") {
            require_mapping(entry.value, entry.key, report);
            for (const config::Entry& context : entry.value.entries) {
                contexts.by_name[context.key] = read_context(context, report);
            }
        } else {
            refuse_key(entry, {"selected", "contexts"}, report);
        }
    }
    return contexts;
}

// A JSON string is a YAML text too.
std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string context_text(ConnectionOptions options) {
    std::string text;
    const auto add = [&text](std::string_view key, const std::string& value) {
        text += fmt::format("    {}: {}\n", key, value);
    };
    std::vector<std::string> servers;
    std::ranges::transform(options.servers, std::back_inserter(servers), quoted);
    add(kServer, fmt::format("[{}]", fmt::join(servers, ", ")));
    if (options.connect_timeout) {
        add(kConnectTimeout, format_duration(*options.connect_timeout));
    }
    for (const TextKey& key : kTextKeys) {
        if (const std::string& value = key.of(options); !value.empty()) {
            add(key.name, quoted(value));
        }
    }
    return text;
}

}  // namespace

bool is_context_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](unsigned char letter) {
        return letter < 0x80 &&
               (std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.');
    });
}

Result<Contexts, std::string> parse_contexts(const std::string& file, std::string_view text) {
    Report report(file, text);
    Contexts contexts;
    if (const auto root = config::parse_yaml(text, report)) {
        contexts = contexts_in(*root, report);
    }
    if (report.errors() != 0) {
        return unexpected(config::headline(report.take().front()));
    }
    return contexts;
}

std::string contexts_text(const Contexts& contexts) {
    std::string text = "# Exchanges of `telex context`.\n";
    if (!contexts.selected.empty()) {
        text += fmt::format("selected: {}\n", quoted(contexts.selected));
    }
    text += contexts.by_name.empty() ? "contexts: {}\n" : "contexts:\n";
    for (const auto& [name, options] : contexts.by_name) {
        text += fmt::format("  {}:\n{}", quoted(name), context_text(options));
    }
    return text;
}

ConnectionOptions completed(ConnectionOptions options, const ConnectionOptions& context) {
    const bool own_credentials = options.names_credentials();
    ConnectionOptions source = context;
    if (options.servers.empty()) {
        options.servers = std::move(source.servers);
    }
    if (!options.connect_timeout) {
        options.connect_timeout = source.connect_timeout;
    }
    for (const TextKey& key : kTextKeys) {
        std::string& value = key.of(options);
        if (value.empty() && !(key.of_credentials && own_credentials)) {
            value = key.of(source);
        }
    }
    return options;
}

}  // namespace telex::cli
