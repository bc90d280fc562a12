#include "config/keys/account_keys.hpp"

#include "config/keys/list_keys.hpp"
#include "config/keys/text_rules.hpp"

namespace telex::config {

const Table<AccountDraft>& account_keys() {
    using Draft = AccountDraft;
    static const Table<Draft> table{
        text_key<Draft>(
            "name",
            [](auto& d) -> auto& { return d.account.name; },
            "name",
            "1 to 64 letters, digits, `-`, `_`",
            check_name,
            {"Required. Unique; `default` is the account of users without one."}
        ),
        section<Draft>("exports", {"What other accounts may import."}),
        filters<Draft>(
            "exports.messages",
            [](auto& d) -> auto& { return d.account.exported_messages; },
            {"Subjects of this account whose messages others may have."}
        ),
        filters<Draft>(
            "exports.requests",
            [](auto& d) -> auto& { return d.account.exported_requests; },
            {"Subjects on which others may ask, to be answered here."}
        ),
        special<Draft>(
            "imports",
            "list",
            "one or more imports",
            {"What this account has of others, under the same subjects."},
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
            [](auto& i) -> auto& { return i.from; },
            "name",
            "one of `accounts`, another one",
            check_name,
            {"Required. Whose."}
        ),
        filters<Account::Import>(
            "messages",
            [](auto& i) -> auto& { return i.messages; },
            {"What is published there on these subjects is delivered here, too. Within its "
             "`exports.messages`."}
        ),
        filters<Account::Import>(
            "requests",
            [](auto& i) -> auto& { return i.requests; },
            {"What is asked here on these subjects is answered there. Within its "
             "`exports.requests`."}
        ),
    };
    return table;
}

}  // namespace telex::config
