#include "config/keys/account_reader.hpp"

#include "access/filter_relations.hpp"
#include "config/keys/account_keys.hpp"
#include "config/keys/mapping.hpp"
#include "config/parse/value_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace telex::config {

namespace {

using access::Account;

// Calls `read_entry(node, path)` for each entry of the list that is a mapping.
template <class Function>
void read_list(const Node& node, const std::string& path, Reader& reader, Function read_entry) {
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Node& entry = node.items[i];
        const std::string where = item(path, i);
        reader.origins().set(where, entry.at, entry.at);
        if (has_shape(entry, where, SectionKind{}, reader)) {
            read_entry(entry, where);
        }
    }
}

Account::Import read_import(const Node& node, const std::string& path, Reader& reader) {
    Account::Import import;
    read_mapping(import, import_keys(), node, path, reader);
    const auto given = [&](std::string_view key) {
        return reader.origins().given(join(path, key));
    };
    if (!given("messages") && !given("requests")) {
        reader.error(node.at, path, "requires 'messages' or 'requests'");
    }
    return import;
}

Account read_account(const Node& node, const std::string& path, Reader& reader) {
    AccountDraft draft;
    read_mapping(draft, account_keys(), node, path, reader);
    if (draft.imports != nullptr) {
        const auto read_entry = [&](const Node& entry, const std::string& where) {
            draft.account.imports.push_back(read_import(entry, where, reader));
        };
        read_list(*draft.imports, join(path, "imports"), reader, read_entry);
    }
    return std::move(draft.account);
}

class Check {
public:
    Check(const Config& config, const Origins& origins, Report& report)
        : config_(config), origins_(origins), report_(report) {
        for (const Account& account : config.server.accounts) {
            by_name_.emplace(account.name, &account);
        }
    }

    void account(std::size_t index) const {
        const std::string path = item("accounts", index);
        const Account& account = config_.server.accounts[index];
        if (!origins_.good(path)) {
            return;
        }
        if (find(account.name) != &account) {
            refuse(
                join(path, "name"), fmt::format("'{}' is the name of another account", account.name)
            );
        }
        std::set<std::string_view> sources;
        for (std::size_t i = 0; i < account.imports.size(); ++i) {
            const Account::Import& one = account.imports[i];
            const std::string where = item(join(path, "imports"), i);
            import(account, one, where);
            if (!sources.insert(one.from).second && origins_.good(join(where, "account"))) {
                refuse(
                    join(where, "account"),
                    fmt::format(
                        "'{}' is already imported; add the filters to that import", one.from
                    )
                );
            }
        }
    }

    void user(std::size_t index) const {
        const access::User& user = config_.server.users[index];
        const std::string where = join(item("users", index), "account");
        if (origins_.given(where) && origins_.good(where) &&
            user.account != access::kDefaultAccountName && find(user.account) == nullptr) {
            refuse(where, fmt::format("'{}' is not one of 'accounts'", user.account));
        }
    }

private:
    // Returns the first account of this name, or null.
    const Account* find(std::string_view name) const {
        const auto found = by_name_.find(name);
        return found == by_name_.end() ? nullptr : found->second;
    }

    void import(const Account& account, const Account::Import& import, const std::string& path)
        const {
        if (!origins_.good(join(path, "account"))) {
            return;
        }
        const Account* const source = find(import.from);
        if (source == nullptr || source == &account) {
            refuse(
                join(path, "account"),
                source == nullptr ? fmt::format("'{}' is not one of 'accounts'", import.from)
                                  : "is the importing account itself"
            );
            return;
        }
        const std::string name =
            origins_.shown(join(path, "account"), fmt::format("'{}'", source->name));
        within(import.messages, source->exported_messages, join(path, "messages"), name);
        within(import.requests, source->exported_requests, join(path, "requests"), name);
    }

    void within(
        const std::vector<std::string>& imports,
        const std::vector<std::string>& exports,
        const std::string& path,
        const std::string& source
    ) const {
        for (const std::string& filter : imports) {
            const bool exported =
                std::any_of(exports.begin(), exports.end(), [&](const std::string& wide) {
                    return access::covers(wide, filter);
                });
            if (!exported) {
                refuse(path, fmt::format("{} does not export '{}'", source, filter));
            }
        }
    }

    void refuse(const std::string& where, std::string_view message) const {
        value_error(where, message, origins_, report_);
    }

    const Config& config_;
    const Origins& origins_;
    Report& report_;
    std::map<std::string_view, const Account*> by_name_;
};

}  // namespace

std::vector<Account> read_accounts(const Node& node, const std::string& path, Reader& reader) {
    std::vector<Account> accounts;
    read_list(node, path, reader, [&](const Node& entry, const std::string& where) {
        accounts.push_back(read_account(entry, where, reader));
    });
    return accounts;
}

void check_accounts(const Config& config, const Origins& origins, Report& report) {
    if (!config.server.accounts.empty() && config.server.users.empty() && origins.good("users")) {
        report.error(origins.key_of("accounts"), "accounts: requires 'users'");
    }
    if (config.server.accounts.size() > access::kMaxAccounts) {
        report.error(
            origins.key_of("accounts"),
            fmt::format(
                "accounts: has {} entries, expected at most {}",
                config.server.accounts.size(),
                access::kMaxAccounts
            )
        );
    }
    const Check check(config, origins, report);
    for (std::size_t i = 0; i < config.server.accounts.size(); ++i) {
        check.account(i);
    }
    for (std::size_t i = 0; i < config.server.users.size(); ++i) {
        check.user(i);
    }
}

}  // namespace telex::config
