#pragma once
// The keys of one account and of one of its imports.
#include "access/accounts.hpp"
#include "config/keys/key.hpp"

namespace telex::config {

// An account while it is being read.
struct AccountDraft {
    access::Account account;
    const Node* imports = nullptr;
};

const Table<AccountDraft>& account_keys();
const Table<access::Account::Import>& import_keys();

}  // namespace telex::config
