#include "config/keys/server_keys.hpp"

#include "config/keys/http_keys.hpp"
#include "config/keys/storage_keys.hpp"
#include "config/keys/text_rules.hpp"
#include "config/keys/units.hpp"

namespace telex::config {

namespace {

constexpr std::array<Word<LogLevel>, 4> kLogLevels{{
    {"debug", LogLevel::debug},
    {"info", LogLevel::info},
    {"warning", LogLevel::warning},
    {"error", LogLevel::error},
}};

constexpr std::array<Word<LogFormat>, 4> kLogFormats{{
    {"auto", LogFormat::automatic},
    {"journald", LogFormat::journald},
    {"text", LogFormat::text},
    {"json", LogFormat::json},
}};

constexpr std::string_view kAuto = "auto";
constexpr Range kReactorRange{1, kMaxReactors};

void read_reactors(ConfigDraft& draft, const Node& node, const std::string& path, Reader& reader) {
    const auto text = reader.text(node, path);
    if (!text || text->value == kAuto) {
        return;  // the loader has set the number of `auto`
    }
    if (const auto value = reader.count(node, path, kReactorRange)) {
        draft.config.server.reactors = static_cast<unsigned>(*value);
    }
}

}  // namespace

std::optional<LogLevel> log_level_named(std::string_view name) {
    for (const auto& [word, level] : kLogLevels) {
        if (word == name) {
            return level;
        }
    }
    return std::nullopt;
}

namespace {

// NOLINTNEXTLINE(readability-function-size): a table, row by row
Table<ConfigDraft> daemon_keys() {
    return {
        section<ConfigDraft>("server", {"Settings of the daemon as a whole."}),
        text_key<ConfigDraft>(
            "server.name",
            kNameKind,
            [](auto& d) -> auto& { return d.config.server.name; },
            check_name,
            {"Name of this server, as reported to clients.", Reload::restart}
        ),
        special<ConfigDraft>(
            "server.reactors",
            CountKind{kReactorRange, kAuto},
            {.doc = "Number of reactor threads, which carry all connections. `auto`: one per "
                    "processor, at most 16.",
             .reload = Reload::restart,
             .unset = kAuto},
            read_reactors
        ),
        duration_key<ConfigDraft>(
            "server.spin",
            [](auto& d) -> auto& { return d.config.server.spin; },
            {0, 1'000},
            {"How long a reactor polls for work before it sleeps. A longer time shortens round "
             "trips and uses more processor time.",
             Reload::restart}
        ),
        size_key<ConfigDraft>(
            "server.memory_budget",
            [](auto& d) -> auto& { return d.config.server.exchange.memory_budget_bytes; },
            {16 * kMiB, std::uint64_t{1} << 40U},
            {"Maximum memory of what clients make the daemon keep: queued messages, partial "
             "frames, subscriptions, open requests. A message that is queued for several "
             "connections counts for each. Subscriptions may take half of it: further ones are "
             "refused with OVER_MEMORY_BUDGET. Publishers are slowed down before the limit is "
             "reached.",
             Reload::restart}
        ),
        count_key<ConfigDraft>(
            "server.max_open_requests",
            [](auto& d) -> auto& { return d.config.server.exchange.max_open_requests; },
            {1, 10'000'000},
            {"Maximum pending requests on each reactor. When it is reached, a client that has "
             "fewer takes the place of one that has more; otherwise further requests are refused.",
             Reload::restart}
        ),
        duration_key<ConfigDraft>(
            "server.drain_timeout",
            [](auto& d) -> auto& { return d.config.server.drain_timeout; },
            {1, 3'600'000},
            {"How long to wait for connections to finish on shutdown. Connections that are still "
             "open after it are closed.",
             Reload::restart}
        ),
        section<ConfigDraft>("log", {"The daemon's log."}),
        choice_key<ConfigDraft>(
            "log.level",
            [](auto& d) -> auto& { return d.config.log.level; },
            kLogLevels,
            {"Minimum level to log."}
        ),
        choice_key<ConfigDraft>(
            "log.format",
            [](auto& d) -> auto& { return d.config.log.format; },
            kLogFormats,
            {"Format of the log. `auto`: `journald` if standard error is connected to the journal, "
             "else `text`.",
             Reload::restart}
        ),
    };
}

// These are read after all other keys of the top level.
void add_entry_lists(Table<ConfigDraft>& table) {
    table.push_back(special<ConfigDraft>(
        "framings",
        EntriesKind{.entry = "framing", .is_mapping = true},
        {"Custom framings, which listeners refer to by name.", Reload::restart},
        [](ConfigDraft& draft, const Node& node, const std::string&, Reader&) {
            draft.framings = &node;
        }
    ));
    table.push_back(special<ConfigDraft>(
        "users",
        EntriesKind{"user"},
        {"Users and their permissions. Without this key, every client may do everything. Adding or "
         "removing the key as a whole requires a restart."},
        [](ConfigDraft& draft, const Node& node, const std::string&, Reader&) {
            draft.users = &node;
        }
    ));
    table.push_back(special<ConfigDraft>(
        "accounts",
        EntriesKind{"account"},
        {"Isolated subject spaces, at most 10,000. Messages pass between accounts only by exports "
         "and imports."},
        [](ConfigDraft& draft, const Node& node, const std::string&, Reader&) {
            draft.accounts = &node;
        }
    ));
    table.push_back(special<ConfigDraft>(
        "streams",
        EntriesKind{"stream"},
        {"Streams: durable logs of the messages on some subjects. A reload adds and changes "
         "streams; one that is removed from the file stays, as if it had been created by command. "
         "Adding the first stream to a daemon without `storage` requires a restart."},
        [](ConfigDraft& draft, const Node& node, const std::string&, Reader&) {
            draft.streams = &node;
        }
    ));
    table.push_back(special<ConfigDraft>(
        "listeners",
        EntriesKind{"listener"},
        {.doc =
             "Addresses to listen on, each with its framing, protocol and limits. A reload opens "
             "and closes listeners; connections of a removed listener stay open.",
         .required = true},
        [](ConfigDraft& draft, const Node& node, const std::string&, Reader&) {
            draft.listeners = &node;
        }
    ));
}

}  // namespace

const Table<ConfigDraft>& server_keys() {
    static const Table<ConfigDraft> table = [] {
        Table<ConfigDraft> keys = daemon_keys();
        add_http_keys(keys);
        add_storage_keys(keys);
        add_entry_lists(keys);
        return keys;
    }();
    return table;
}

}  // namespace telex::config
