#include "config/keys/server_keys.hpp"

#include "config/keys/http_keys.hpp"
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

void read_reactors(ConfigDraft& draft, const Node& node, const std::string& path, Reader& reader) {
    const auto text = reader.text(node, path);
    if (text && text->value == "auto") {
        return;  // counted for every configuration before it is read
    }
    if (!text) {
        return;
    }
    if (const auto value = reader.count(node, path, {1, kMaxReactors})) {
        draft.config.reactors = static_cast<unsigned>(*value);
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

std::string_view name_of(LogLevel level) {
    for (const auto& [word, known] : kLogLevels) {
        if (known == level) {
            return word;
        }
    }
    return {};
}

namespace {

// NOLINTNEXTLINE(readability-function-size): a table, row by row
Table<ConfigDraft> daemon_keys() {
    return {
        section<ConfigDraft>("server", {"The daemon itself."}),
        text_key<ConfigDraft>(
            "server.name",
            [](auto& d) -> auto& { return d.config.server_name; },
            "name",
            "1 to 64 letters, digits, `-`, `_`",
            check_name,
            {"What the exchange calls itself towards clients.", Reload::restart}
        ),
        special<ConfigDraft>(
            "server.reactors",
            "number",
            fmt::format("auto, 1 to {}", kMaxReactors),
            {"Threads that carry connections. `auto`: one per processor, at most 16.",
             Reload::restart},
            read_reactors,
            "auto"
        ),
        duration_key<ConfigDraft>(
            "server.spin",
            [](auto& d) -> auto& { return d.config.spin; },
            {0, 1'000},
            {"How long a reactor looks for more work before it sleeps. Shortens round trips, and "
             "keeps a processor busy as long as messages come within this time.",
             Reload::restart}
        ),
        size_key<ConfigDraft>(
            "server.memory_budget",
            [](auto& d) -> auto& { return d.config.memory_budget_bytes; },
            {16 * kMiB, std::uint64_t{1} << 40U},
            {"Bytes that queued messages may take over all connections; one that waits for several "
             "counts for each. Publishers are slowed before it is reached.",
             Reload::restart}
        ),
        count_key<ConfigDraft>(
            "server.max_open_requests",
            [](auto& d) -> auto& { return d.config.max_open_requests; },
            {1, 10'000'000},
            {"Requests on each reactor that wait for their answer; one more is refused.",
             Reload::restart}
        ),
        duration_key<ConfigDraft>(
            "server.drain_timeout",
            [](auto& d) -> auto& { return d.config.drain_timeout; },
            {1, 3'600'000},
            {"How long a stopping daemon lets connections finish what they owe.", Reload::restart}
        ),
        section<ConfigDraft>("log", {"What the daemon writes about itself."}),
        word_key<ConfigDraft>(
            "log.level",
            [](auto& d) -> auto& { return d.config.log.level; },
            kLogLevels,
            {"The least important lines that are written."}
        ),
        word_key<ConfigDraft>(
            "log.format",
            [](auto& d) -> auto& { return d.config.log.format; },
            kLogFormats,
            {"`auto`: fields for the journal when standard error leads there, else text.",
             Reload::restart}
        ),
    };
}

// What is read after the rest.
void add_list_keys(Table<ConfigDraft>& table) {
    table.push_back(special<ConfigDraft>(
        "framings",
        "mapping",
        "names with framing knobs",
        {"Framings of your own, to be used by name in listeners.", Reload::restart},
        [](ConfigDraft& draft, const Node& node, const std::string&, Reader&) {
            draft.framings = &node;
        }
    ));
    table.push_back(special<ConfigDraft>(
        "users",
        "list",
        "one or more users",
        {"Who may do what. Without the key everybody who can connect may do everything; it "
         "cannot be added or taken away by a reload."},
        [](ConfigDraft& draft, const Node& node, const std::string&, Reader&) {
            draft.users = &node;
        }
    ));
    table.push_back(special<ConfigDraft>(
        "accounts",
        "list",
        "one or more accounts",
        {"Subject spaces that do not meet, for users of several parties."},
        [](ConfigDraft& draft, const Node& node, const std::string&, Reader&) {
            draft.accounts = &node;
        }
    ));
    table.push_back(special<ConfigDraft>(
        "listeners",
        "list",
        "one or more listeners",
        {"The entry points: addresses, framing, protocol and limits. Entries come and go by a "
         "reload; connections of one that goes stay."},
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
        add_list_keys(keys);
        return keys;
    }();
    return table;
}

}  // namespace telex::config
