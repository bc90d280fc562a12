#pragma once
// The keys of an account and of an import.
#include "access/accounts.hpp"
#include "config/keys/key.hpp"

namespace telex::config {

// An account during loading.
struct AccountDraft {
    access::Account account;
    const Node* imports = nullptr;
};

const Table<AccountDraft>& account_keys();
const Table<access::Account::Import>& import_keys();

}  // namespace telex::config
