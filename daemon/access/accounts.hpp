#pragma once
// Accounts: subject spaces that do not meet. A message published in one account is delivered in
// another only if the one exports it and the other imports it.
//
//   messages   what is published in the exporting account is delivered in the importing one, too
//   requests   a request made in the importing account reaches responders of the exporting one
//
// An import reaches one account far: what came by one is not exported further.
//
// Owner: shared by all reactors. Thread: any; constant once made.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::access {

// Names keep their numbers for as long as the daemon runs, so that reloads with other names never
// come to the end of the numbers.
using AccountId = std::uint32_t;

// The account of users without another one.
inline constexpr AccountId kDefaultAccount = 0;
inline constexpr std::string_view kDefaultAccountName = "default";

// Maximum in a configuration. Each has a routing table on every reactor, from its first
// subscription on.
inline constexpr std::size_t kMaxAccounts = 10'000;

struct Account {
    struct Import {
        std::string from;
        std::vector<std::string> messages;  // filters
        std::vector<std::string> requests;
    };

    std::string name;
    std::vector<std::string> exported_messages;  // filters
    std::vector<std::string> exported_requests;
    std::vector<Import> imports;
};

class Accounts {
public:
    // Names that are also in `before` (may be null) keep their numbers. Requires that the account
    // of every import exists.
    explicit Accounts(const std::vector<Account>& accounts, const Accounts* before = nullptr);

    // Returns the default account for an unknown name.
    AccountId id_of(std::string_view name) const;
    // Returns nothing for an unknown name. Names of earlier configurations are known.
    std::optional<AccountId> find(std::string_view name) const;

    // Calls `visit(AccountId)` once for each other account that receives a message published in
    // `account`, however many of its imports name the subject.
    template <class Function>
    void for_each_importer(AccountId account, std::string_view subject, Function visit) const {
        if (account >= importers_.size()) {
            return;
        }
        for (const Importer& importer : importers_[account]) {
            if (fits(importer.filters, subject)) {
                visit(importer.account);
            }
        }
    }

    // Returns the account whose responders receive a request made in `account`.
    AccountId responding(AccountId account, std::string_view subject) const;

private:
    using Filters = std::vector<std::string>;

    // Of the messages of another account.
    struct Importer {
        AccountId account;
        Filters filters;
    };

    struct RequestRoute {
        AccountId asked_in;
        AccountId answered_in;
        Filters filters;
    };

    static bool fits(const Filters& filters, std::string_view subject);
    void add_importer(AccountId from, AccountId to, const Filters& filters);

    std::map<std::string, AccountId, std::less<>> ids_;  // by name
    std::vector<std::vector<Importer>> importers_;       // by the exporting account
    std::vector<RequestRoute> requests_;
};

using AccountsPtr = std::shared_ptr<const Accounts>;

}  // namespace telex::access
