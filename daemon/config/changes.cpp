#include "config/changes.hpp"

#include "access/accounts.hpp"
#include "config/keys/listener_keys.hpp"
#include "config/keys/mapping.hpp"
#include "config/keys/server_keys.hpp"
#include "config/keys/user_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace telex::config {

namespace {

constexpr std::string_view kListeners = "listeners[";
constexpr std::string_view kUsers = "users[";
constexpr std::string_view kAccounts = "accounts[";
constexpr std::string_view kStreams = "streams[";
// Entries of these lists have names.
constexpr std::array kNamedLists = {kListeners, kUsers, kAccounts, kStreams};

// "listeners[native]" for "listeners[native].limits" and for itself.
std::string_view entry_of(std::string_view path) {
    const std::size_t end = path.find("].");
    return end == std::string_view::npos ? path : path.substr(0, end + 1);
}

// The path within its entry: "limits.max_connections" of "users[0].limits.max_connections".
std::string_view key_of(std::string_view path) {
    return path.substr(std::min(entry_of(path).size() + 1, path.size()));
}

bool is_hidden(std::string_view path) {
    const KeyFacts* const key =
        path.starts_with(kUsers) ? find_key(user_keys(), key_of(path)) : nullptr;
    return key != nullptr && key->about.hidden;
}

// A stream's name is unique in its account only: "shop/orders".
std::optional<std::string> name_of(std::string_view entry, const Settings& settings) {
    const auto value = [&](std::string_view key) -> std::optional<std::string> {
        const auto found = settings.find(std::string(entry) + std::string(key));
        return found == settings.end() ? std::nullopt : std::optional(found->second.value);
    };
    auto name = value(".name");
    if (name && entry.starts_with(kStreams)) {
        const auto account = value(".account");
        if (account && *account != access::kDefaultAccountName) {
            return fmt::format("{}/{}", *account, *name);
        }
    }
    return name;
}

// Replaces the index of each entry by its name, which does not depend on other entries.
Settings by_names(const Settings& settings) {
    Settings named;
    for (const auto& [path, setting] : settings) {
        std::string renamed = path;
        const bool has_name = std::any_of(kNamedLists.begin(), kNamedLists.end(), [&](auto list) {
            return path.starts_with(list);
        });
        if (has_name) {
            const std::string_view entry = entry_of(path);
            if (const auto name = name_of(entry, settings)) {
                const std::string_view list = entry.substr(0, entry.find('[') + 1);
                renamed = fmt::format(
                    "{}{}]{}", list, *name, std::string_view(path).substr(entry.size())
                );
            }
        }
        Setting& copy = named.emplace(std::move(renamed), setting).first->second;
        if (is_hidden(path)) {
            copy.shown = "(hidden)";
        }
    }
    return named;
}

// Entries of `settings` are already named.
Settings with_new_names(Settings settings, const server::Renames& renamed) {
    Settings result;
    for (const auto& [now, former] : renamed) {
        const std::string entry = fmt::format("{}{}]", kListeners, former);
        for (auto setting = settings.lower_bound(entry);
             setting != settings.end() && entry_of(setting->first) == entry;
             setting = settings.erase(setting)) {
            result.emplace(
                fmt::format("{}{}]{}", kListeners, now, setting->first.substr(entry.size())),
                std::move(setting->second)
            );
        }
    }
    result.merge(settings);
    return result;
}

Reload reload_of(const KeyFacts* key) {
    return key == nullptr ? Reload::restart : key->about.reload;
}

Reload reload_of(std::string_view path) {
    if (path.starts_with(kUsers) || path.starts_with(kAccounts) || path.starts_with(kStreams)) {
        return Reload::hot;
    }
    if (path.starts_with(kListeners)) {
        const bool whole_entry = entry_of(path).size() == path.size();
        return whole_entry ? Reload::hot : reload_of(find_key(listener_keys(), key_of(path)));
    }
    return reload_of(find_key(server_keys(), path));
}

// Names of entries of a list: "listeners[native]".
std::set<std::string> entries(const Settings& settings, std::string_view list) {
    std::set<std::string> found;
    for (const auto& [path, setting] : settings) {
        if (path.starts_with(list)) {
            found.emplace(entry_of(path));
        }
    }
    return found;
}

class Comparison {
public:
    Comparison(Settings before, Settings after)
        : before_(std::move(before)), after_(std::move(after)) {}

    std::vector<Change> run() {
        for (const std::string_view list : kNamedLists) {
            compare_entries(list);
        }
        for (const auto& [path, setting] : before_) {
            const auto found = after_.find(path);
            if (found == after_.end()) {
                add({Change::Kind::removed, path, setting.shown, {}, {}, reload_of(path)});
            } else if (found->second.value != setting.value) {
                add(
                    {Change::Kind::changed,
                     path,
                     setting.shown,
                     found->second.shown,
                     found->second.at,
                     reload_of(path)}
                );
            }
        }
        for (const auto& [path, setting] : after_) {
            if (!before_.contains(path)) {
                add({Change::Kind::added, path, {}, setting.shown, setting.at, reload_of(path)});
            }
        }
        std::vector<Change> changes;
        changes.reserve(changes_.size());
        for (auto& [path, change] : changes_) {
            changes.push_back(std::move(change));
        }
        return changes;
    }

private:
    void add(Change change) { changes_.emplace(change.path, std::move(change)); }

    // An entry that was added or removed is one change.
    void compare_entries(std::string_view list) {
        const auto old_entries = entries(before_, list);
        const auto new_entries = entries(after_, list);
        // Whether there are users at all decides how every peer authenticates.
        const bool whole = list == kUsers && old_entries.empty() != new_entries.empty();
        const Reload reload = whole ? Reload::restart : Reload::hot;
        for (const std::string& entry : old_entries) {
            if (!new_entries.contains(entry)) {
                add({Change::Kind::removed, entry, {}, {}, {}, reload});
                drop(before_, entry);
            }
        }
        for (const std::string& entry : new_entries) {
            if (!old_entries.contains(entry)) {
                const auto first = after_.lower_bound(entry);
                add({Change::Kind::added, entry, {}, {}, first->second.at, reload});
                drop(after_, entry);
            }
        }
    }

    static void drop(Settings& settings, const std::string& entry) {
        std::erase_if(settings, [&](const auto& row) { return entry_of(row.first) == entry; });
    }

    Settings before_;
    Settings after_;
    std::map<std::string, Change> changes_;
};

}  // namespace

std::vector<Change> changes_between(
    const Settings& before, const Settings& after, const server::Renames& renamed
) {
    return Comparison(with_new_names(by_names(before), renamed), by_names(after)).run();
}

std::string to_string(const Change& change) {
    switch (change.kind) {
        case Change::Kind::added:
            return change.after.empty() ? fmt::format("{}: added", change.path)
                                        : fmt::format("{}: set to {}", change.path, change.after);
        case Change::Kind::removed:
            return fmt::format("{}: removed", change.path);
        case Change::Kind::changed:
            break;
    }
    return fmt::format("{}: {} -> {}", change.path, change.before, change.after);
}

}  // namespace telex::config
