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
                messages_.push_back({other, self, import.messages});
            }
            if (!import.requests.empty()) {
                requests_.push_back({self, other, import.requests});
            }
        }
    }
}

AccountId Accounts::id_of(std::string_view name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? kDefaultAccount : found->second;
}

AccountId Accounts::answering(AccountId account, std::string_view subject) const {
    for (const Route& route : requests_) {
        if (route.source == account && route.fits(subject)) {
            return route.target;
        }
    }
    return account;
}

bool Accounts::Route::fits(std::string_view subject) const {
    return std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
        return selects(filter, subject);
    });
}

}  // namespace telex::access
