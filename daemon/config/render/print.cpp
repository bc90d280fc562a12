#include "config/render/print.hpp"

#include "config/keys/account_keys.hpp"
#include "config/keys/listener_keys.hpp"
#include "config/keys/mapping.hpp"
#include "config/keys/server_keys.hpp"
#include "config/keys/stream_keys.hpp"
#include "config/keys/user_keys.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::config {

namespace {

using Json = nlohmann::ordered_json;

struct Line {
    int depth;
    std::string text;
    bool is_default;
};

using Lines = std::vector<Line>;

// The value without its quotes or, of a secret, its reference such as ${file:/path}.
std::string shown_value(const Setting& setting) {
    return setting.shown.substr(1, setting.shown.size() - 2);
}

// --- values -----------------------------------------------------------------------------------

// Removes and returns the first step of a path: "0" of "[0].kind", "kind" of ".kind".
std::string take_step(std::string_view& path) {
    const bool is_index = path.starts_with('[');
    const std::size_t end = is_index ? path.find(']') + 1 : path.find_first_of(".[", 1);
    const std::string_view step = path.substr(0, end);
    path.remove_prefix(step.size());
    return std::string(step.substr(1, step.size() - (is_index ? 2 : 1)));
}

void put(Json& tree, std::string_view path, const std::string& value) {
    if (path.empty()) {
        tree = value;
        return;
    }
    const bool is_index = path.starts_with('[');
    const std::string step = take_step(path);
    put(is_index ? tree[static_cast<std::size_t>(std::stoul(step))] : tree[step], path, value);
}

// Returns the settings at and below `path` in YAML's flow style, or an empty text.
std::string written_at(const Settings& settings, const std::string& path) {
    Json tree;
    bool found = false;
    for (auto row = settings.lower_bound(path);
         row != settings.end() && row->first.starts_with(path);
         ++row) {
        const std::string_view rest = std::string_view(row->first).substr(path.size());
        if (rest.empty() || rest.front() == '.' || rest.front() == '[') {
            put(tree, rest, shown_value(row->second));
            found = true;
        }
    }
    return found ? tree.dump(-1, ' ', false, Json::error_handler_t::replace) : std::string();
}

// --- lines -----------------------------------------------------------------------------------

// The line of a key that the file sets.
Line value_line(const KeyFacts& key, std::string_view value, int depth) {
    const std::string_view leaf = leaf_of(key.path);
    return key.about.hidden ? Line{depth, fmt::format("{}: hidden", leaf), true}
                            : Line{depth, fmt::format("{}: {}", leaf, value), false};
}

template <class Owner>
Lines lines_of(
    const Table<Owner>& table,
    const Owner& owner,
    const Settings& settings,
    const std::string& path,
    int depth,
    std::string_view section = {}
) {
    Lines lines;
    for (const Key<Owner>& key : table) {
        if (section_of(key.facts.path) != section) {
            continue;
        }
        const std::string_view leaf = leaf_of(key.facts.path);
        const std::string where = join(path, leaf);
        if (key.facts.is_section()) {
            Lines below = lines_of(table, owner, settings, where, depth + 1, key.facts.path);
            const bool is_default = std::all_of(below.begin(), below.end(), [](const Line& line) {
                return line.is_default;
            });
            lines.push_back({depth, fmt::format("{}:", leaf), is_default});
            std::move(below.begin(), below.end(), std::back_inserter(lines));
        } else if (const std::string value = written_at(settings, where); !value.empty()) {
            lines.push_back(value_line(key.facts, value, depth));
        } else if (const std::string standard = key.show(owner); !standard.empty()) {
            lines.push_back({depth, fmt::format("{}: {}", leaf, standard), true});
        }
    }
    return lines;
}

// Appends an entry of a list. The first line that is not a default gets the dash.
void add_entry(Lines& lines, Lines entry) {
    const auto first =
        std::find_if(entry.begin(), entry.end(), [](const Line& line) { return !line.is_default; });
    if (first == entry.end()) {
        return;
    }
    std::rotate(entry.begin(), first, first + 1);
    entry.front().depth -= 1;
    entry.front().text = "- " + entry.front().text;
    std::move(entry.begin(), entry.end(), std::back_inserter(lines));
}

ListenerDraft draft_of(const server::ListenerOptions& options) {
    ListenerDraft draft;
    draft.options = options;
    draft.tls = options.tls.value_or(server::TlsOptions{});
    return draft;
}

template <class Entries, class DraftOf, class Owner>
Lines list_lines(
    std::string_view name,
    const Entries& entries,
    DraftOf draft,
    const Table<Owner>& table,
    const Settings& settings
) {
    Lines lines;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        add_entry(lines, lines_of(table, draft(entries[i]), settings, item(name, i), 2));
    }
    if (!lines.empty()) {
        lines.insert(lines.begin(), {0, fmt::format("{}:", name), false});
    }
    return lines;
}

std::string text_of(const Lines& lines) {
    std::string text;
    for (const Line& line : lines) {
        if (line.depth == 0 && !text.empty()) {
            text += '\n';
        }
        const std::string indent(static_cast<std::size_t>(line.depth) * 2, ' ');
        text += fmt::format("{}{}{}\n", indent, line.is_default ? "# " : "", line.text);
    }
    return text;
}

void append(Lines& lines, Lines more) {
    std::move(more.begin(), more.end(), std::back_inserter(lines));
}

bool is_list_of_entries(std::string_view text) {
    return text.starts_with("listeners:") || text.starts_with("users:") ||
           text.starts_with("accounts:") || text.starts_with("streams:");
}

}  // namespace

std::string print_config(const Config& config, const Settings& settings) {
    ConfigDraft draft;
    draft.config = config;
    Lines lines = lines_of(server_keys(), draft, settings, "", 0);
    std::erase_if(lines, [](const Line& line) {
        return line.depth == 0 && is_list_of_entries(line.text);
    });
    const auto same = [](const access::User& user) { return user; };
    append(lines, list_lines("users", config.server.users, same, user_keys(), settings));
    const auto account = [](const access::Account& entry) { return AccountDraft{entry, nullptr}; };
    append(
        lines, list_lines("accounts", config.server.accounts, account, account_keys(), settings)
    );
    const auto stream = [](const StreamEntry& entry) { return entry; };
    append(lines, list_lines("streams", config.streams, stream, stream_keys(), settings));
    append(lines, list_lines("listeners", config.listeners, draft_of, listener_keys(), settings));
    return text_of(lines);
}

std::string print_defaults() {
    Config config;
    config.listeners.emplace_back();
    const Settings settings{
        {"listeners[0].name", {"native", "'native'", {}}},
        {"listeners[0].address", {"tcp://127.0.0.1:4650", "'tcp://127.0.0.1:4650'", {}}},
    };
    return print_config(config, settings);
}

}  // namespace telex::config
