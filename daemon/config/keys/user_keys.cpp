#include "config/keys/user_keys.hpp"

#include "auth/memory_digest.hpp"
#include "auth/nkey.hpp"
#include "auth/password_hash.hpp"
#include "auth/token.hpp"
#include "config/keys/list_keys.hpp"
#include "config/keys/text_rules.hpp"
#include "net/account.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

using access::User;

using TakeError = std::optional<std::string>;

// Names or numbers of the system's users or groups; `number` looks a name up.
template <class Access, class Number>
Key<User> accounts(std::string_view path, Access access, Number number, About about) {
    const auto take = [=](User& user, const Text& text) -> TakeError {
        const auto id = number(text.value);
        if (!id) {
            return fmt::format("{}: {}", text.quoted, id.error().what);
        }
        if (*id == access::kOverflowId) {
            return fmt::format(
                "{} is the overflow id, which stands for every id that is not mapped here",
                text.quoted
            );
        }
        access(user).push_back(*id);
        return std::nullopt;
    };
    return texts<User>(path, TextKind{"name or number", "names or numbers"}, about, take);
}

TakeError take_token(User& user, const Text& text) {
    auth::Digest digest{};
    if (const TakeError fault = auth::from_text("sha256", text.value, digest)) {
        return fmt::format("{}; use the output of `telex keygen --token`", *fault);
    }
    user.tokens.push_back(digest);
    return std::nullopt;
}

TakeError fault_of_key(const std::string& text, auth::PublicKey& key) {
    // The first letters of keys and seeds of NATS, of users and others.
    constexpr std::string_view kNkeyLetters = "UACNOSX";
    const bool is_nkey = !text.empty() && kNkeyLetters.find(text.front()) != std::string::npos;
    return is_nkey ? auth::from_nkey(text, key) : auth::from_text("ed25519", text, key);
}

TakeError take_key(User& user, const Text& text) {
    auth::PublicKey key{};
    if (const TakeError fault = fault_of_key(text.value, key)) {
        return fmt::format("{}; use the output of `telex keygen`", *fault);
    }
    if (!auth::is_safe_key(key)) {
        return "is a weak Ed25519 key, for which anyone can sign; use the output of `telex keygen`";
    }
    user.keys.push_back(key);
    return std::nullopt;
}

void read_password(User& user, const Node& node, const std::string& where, Reader& reader) {
    const auto text = reader.text(node, where);
    if (!text) {
        return;
    }
    const bool in_memory =
        reader.environment().is_compatible && auth::is_memory_digest(text->value);
    if (const auto fault = auth::fault_of_hash(text->value); fault && !in_memory) {
        reader.error(node.at, where, *fault);
    } else {
        user.password = text->value;
    }
}

TakeError take_listener(User& user, const Text& text) {
    user.listeners.push_back(text.value);  // the rules check that it exists
    return std::nullopt;
}

TakeError take_certificate(User& user, const Text& text) {
    if (text.value.empty()) {
        return "is empty; a certificate without a name belongs to no user";
    }
    user.certificates.push_back(text.value);
    return std::nullopt;
}

constexpr Range kBytes{1, std::uint64_t{1} << 40U};

// The limit of a key that is not set.
constexpr std::string_view kNoLimit = "no limit";

// NOLINTNEXTLINE(readability-function-size): a table, row by row
Table<User> identity_keys() {
    return {
        text_key<User>(
            "name",
            kNameKind,
            [](auto& u) -> auto& { return u.name; },
            check_name,
            {.doc = "Unique name of the user in logs, errors and listeners.", .required = true}
        ),
        accounts(
            "unix_users",
            [](auto& u) -> auto& { return u.uids; },
            net::user_id,
            {"System users whose processes authenticate as this user on unix sockets."}
        ),
        accounts(
            "unix_groups",
            [](auto& u) -> auto& { return u.gids; },
            net::group_id,
            {"System groups whose processes authenticate as this user on unix sockets."}
        ),
        texts<User>(
            "certificates",
            {"name", "names"},
            {"Names of client certificates that authenticate as this user, on listeners with "
             "`client_ca`. The name of a certificate is its first URI, else its e-mail address, "
             "else its DNS name, else its common name."},
            take_certificate
        ),
        special<User>(
            "password",
            TextKind{"hash", "output of `telex passwd`"},
            {.doc = "Hash of the user's password: argon2id in its usual text form.", .hidden = true
            },
            read_password
        ),
        texts<User>(
            "tokens",
            {"hash", "output of `telex keygen --token`"},
            {.doc = "SHA-256 of each of the user's tokens: `sha256:` and 64 hexadecimal digits.",
             .hidden = true},
            take_token
        ),
        texts<User>(
            "keys",
            {"key", "output of `telex keygen`"},
            {"The user's Ed25519 public keys: `ed25519:` and 64 hexadecimal digits, or in the form "
             "of NATS, `U` and 55 further characters."},
            take_key
        ),
        text_key<User>(
            "account",
            {"name", "one of `accounts`"},
            [](auto& u) -> auto& { return u.account; },
            check_name,
            {"Account of the user, which isolates its subjects from those of other accounts."}
        ),
        boolean_key<User>(
            "allow_block",
            [](auto& u) -> auto& { return u.allow_block; },
            {.doc = "Whether the user's subscriptions may select the slow-consumer policy `block`, "
                    "with which a client slows others down.",
             .unset = "`slow_consumer.allow_block` of the listener"}
        ),
        texts<User>(
            "listeners",
            {"name", "names of `listeners`"},
            {.doc = "Listeners on which the user may authenticate.", .unset = "all listeners"},
            take_listener
        ),
    };
}

void add_permission_keys(Table<User>& table) {
    table.push_back(section<User>(
        "publish",
        {"Subjects to which the user may publish and send requests. Nothing is allowed without "
         "this "
         "section. `>` matches every subject except those that begin with `$`, which need a filter "
         "such as `$SYS.>`."}
    ));
    table.push_back(filters<User>(
        "publish.allow",
        [](auto& u) -> auto& { return u.publish.allow; },
        {"Filters of allowed subjects."}
    ));
    table.push_back(filters<User>(
        "publish.deny",
        [](auto& u) -> auto& { return u.publish.deny; },
        {"Filters of denied subjects. Takes precedence over `allow`."}
    ));
    table.push_back(section<User>(
        "subscribe",
        {"Subjects to which the user may subscribe. Nothing is allowed without this section."}
    ));
    table.push_back(filters<User>(
        "subscribe.allow",
        [](auto& u) -> auto& { return u.subscribe.allow; },
        {"Filters of allowed subjects. A subscription must lie within one of them."}
    ));
    table.push_back(filters<User>(
        "subscribe.deny",
        [](auto& u) -> auto& { return u.subscribe.deny; },
        {"Filters of denied subjects. Their messages are also withheld from wider subscriptions."}
    ));
}

// NOLINTNEXTLINE(readability-function-size): a table, row by row
void add_user_limit_keys(Table<User>& table) {
    table.push_back(
        section<User>("limits", {"Limits of all connections of the user taken together."})
    );
    table.push_back(count_key<User>(
        "limits.max_connections",
        [](auto& u) -> auto& { return u.limits.max_connections; },
        {1, 1'000'000},
        {.doc = "Maximum concurrent connections. Further connections are refused and closed.",
         .unset = kNoLimit}
    ));
    table.push_back(count_key<User>(
        "limits.max_subscriptions",
        [](auto& u) -> auto& { return u.limits.max_subscriptions; },
        {1, 10'000'000},
        {.doc = "Maximum subscriptions. Further subscriptions are refused.", .unset = kNoLimit}
    ));
    table.push_back(size_key<User>(
        "limits.max_pending",
        [](auto& u) -> auto& { return u.limits.max_pending_bytes; },
        kBytes,
        {.doc = "Maximum bytes queued for the user's connections. Above it, each connection may "
                "queue 64 KiB before `slow_consumer` applies. Subscriptions and open requests do "
                "not count: `max_subscriptions` and the listener's `max_requests` limit them. When "
                "`server.memory_budget` is exceeded, a user's share of it is at least this.",
         .unset = kNoLimit}
    ));
    table.push_back(size_key<User>(
        "limits.max_payload",
        [](auto& u) -> auto& { return u.limits.max_payload_bytes; },
        kBytes,
        {.doc = "Maximum payload of a message. Larger messages are refused.", .unset = kNoLimit}
    ));
    table.push_back(count_key<User>(
        "limits.frames_per_second",
        [](auto& u) -> auto& { return u.limits.frames_per_second; },
        {1, 1'000'000'000},
        {.doc = "Maximum rate of received frames (messages and control frames), with bursts of up "
                "to one second's worth. Above it, the connections are read more slowly.",
         .unset = kNoLimit}
    ));
    table.push_back(size_key<User>(
        "limits.bytes_per_second",
        [](auto& u) -> auto& { return u.limits.bytes_per_second; },
        kBytes,
        {.doc = "Maximum rate of received bytes, with the same bursts and effect.",
         .unset = kNoLimit}
    ));
}

}  // namespace

const Table<User>& user_keys() {
    static const Table<User> table = [] {
        Table<User> keys = identity_keys();
        add_permission_keys(keys);
        add_user_limit_keys(keys);
        return keys;
    }();
    return table;
}

}  // namespace telex::config
