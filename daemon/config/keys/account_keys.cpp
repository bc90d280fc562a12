#include "config/keys/account_keys.hpp"

#include "config/keys/list_keys.hpp"
#include "config/keys/text_rules.hpp"

namespace telex::config {

const Table<AccountDraft>& account_keys() {
    using Draft = AccountDraft;
    static const Table<Draft> table{
        text_key<Draft>(
            "name",
            kNameKind,
            [](auto& d) -> auto& { return d.account.name; },
            check_name,
            {.doc = "Unique name of the account. `default` is the account of users without "
                    "`account`.",
             .required = true}
        ),
        section<Draft>("exports", {"Subjects that other accounts may import."}),
        filters<Draft>(
            "exports.messages",
            [](auto& d) -> auto& { return d.account.exported_messages; },
            {"Subjects whose messages other accounts may receive."}
        ),
        filters<Draft>(
            "exports.requests",
            [](auto& d) -> auto& { return d.account.exported_requests; },
            {"Subjects on which other accounts may send requests to this account."}
        ),
        special<Draft>(
            "imports",
            EntriesKind{"import"},
            {"Imports from other accounts. Imported subjects keep their names."},
            [](Draft& draft, const Node& node, const std::string&, Reader&) {
                draft.imports = &node;
            }
        ),
    };
    return table;
}

const Table<access::Account::Import>& import_keys() {
    using access::Account;
    static const Table<Account::Import> table{
        text_key<Account::Import>(
            "account",
            {"name", "another one of `accounts`"},
            [](auto& i) -> auto& { return i.from; },
            check_name,
            {.doc = "Account that exports the subjects.", .required = true}
        ),
        filters<Account::Import>(
            "messages",
            [](auto& i) -> auto& { return i.messages; },
            {"Subjects whose messages are delivered to this account, too. Must lie within the "
             "other account's `exports.messages`."}
        ),
        filters<Account::Import>(
            "requests",
            [](auto& i) -> auto& { return i.requests; },
            {"Subjects whose requests are sent to the other account. Must lie within its "
             "`exports.requests`."}
        ),
    };
    return table;
}

}  // namespace telex::config
