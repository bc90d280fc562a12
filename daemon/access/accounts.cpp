#include "access/accounts.hpp"

#include "access/filter_relations.hpp"

#include <algorithm>

namespace telex::access {

Accounts::Accounts(const std::vector<Account>& accounts, const Accounts* before)
    : ids_(
          before == nullptr ? decltype(ids_){{std::string(kDefaultAccountName), kDefaultAccount}}
                            : before->ids_
      ) {
    for (const Account& account : accounts) {
        ids_.emplace(account.name, static_cast<AccountId>(ids_.size()));
    }
    for (const Account& account : accounts) {
        const AccountId self = id_of(account.name);
        for (const Account::Import& import : account.imports) {
            const AccountId other = id_of(import.from);
            if (!import.messages.empty()) {
                add_importer(other, self, import.messages);
            }
            if (!import.requests.empty()) {
                requests_.push_back({self, other, import.requests});
            }
        }
    }
}

void Accounts::add_importer(AccountId from, AccountId to, const Filters& filters) {
    if (from >= importers_.size()) {
        importers_.resize(std::size_t{from} + 1);
    }
    std::vector<Importer>& importers = importers_[from];
    const auto known =
        std::find_if(importers.begin(), importers.end(), [to](const Importer& other) {
            return other.account == to;
        });
    if (known == importers.end()) {
        importers.push_back({to, filters});
    } else {
        known->filters.insert(known->filters.end(), filters.begin(), filters.end());
    }
}

std::optional<AccountId> Accounts::find(std::string_view name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

AccountId Accounts::id_of(std::string_view name) const {
    return find(name).value_or(kDefaultAccount);
}

AccountId Accounts::responding(AccountId account, std::string_view subject) const {
    for (const RequestRoute& route : requests_) {
        if (route.asked_in == account && fits(route.filters, subject)) {
            return route.answered_in;
        }
    }
    return account;
}

bool Accounts::fits(const Filters& filters, std::string_view subject) {
    return std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
        return selects(filter, subject);
    });
}

}  // namespace telex::access
