#include "config/keys/user_keys.hpp"

#include "auth/password_hash.hpp"
#include "auth/token.hpp"
#include "config/keys/list_keys.hpp"
#include "config/keys/text_rules.hpp"
#include "net/account.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

using access::User;

using Problem = std::optional<std::string>;

// Names or numbers of the system's users or groups, as `number` finds them.
template <class Access, class Number>
Key<User> accounts(std::string_view path, Access access, Number number, About about) {
    const auto take = [=](User& user, const Text& text) -> Problem {
        const auto id = number(text.value);
        if (!id) {
            return fmt::format("{}: {}", text.quoted, id.error().what);
        }
        if (*id == access::kOverflowId) {
            return fmt::format(
                "{} stands for whoever is unknown here, not for somebody", text.quoted
            );
        }
        access(user).push_back(*id);
        return std::nullopt;
    };
    return texts<User>(path, "name or list", "names or numbers", about, take);
}

Problem take_token(User& user, const Text& text) {
    auth::Digest digest{};
    if (const Problem fault = auth::from_text("sha256", text.value, digest)) {
        return fmt::format("{}; `telex keygen --token` makes one", *fault);
    }
    user.tokens.push_back(digest);
    return std::nullopt;
}

Problem take_key(User& user, const Text& text) {
    auth::PublicKey key{};
    if (const Problem fault = auth::from_text("ed25519", text.value, key)) {
        return fmt::format("{}; `telex keygen` makes one", *fault);
    }
    if (!auth::is_safe_key(key)) {
        return "is no key of Ed25519: anybody could sign for it";
    }
    user.keys.push_back(key);
    return std::nullopt;
}

void read_password(User& user, const Node& node, const std::string& where, Reader& reader) {
    const auto text = reader.text(node, where);
    if (!text) {
        return;
    }
    if (const auto fault = auth::fault_of_hash(text->value)) {
        reader.error(node.at, where, *fault);
    } else {
        user.password = text->value;
    }
}

// A limit that is not there when the key is not.
template <class Access>
Key<User> optional_count(std::string_view path, Access access, Range range, About about) {
    return special<User>(
        path,
        "number",
        fmt::format("{} to {}", range.min, range.max),
        about,
        [=](User& user, const Node& node, const std::string& where, Reader& reader) {
            if (const auto value = reader.count(node, where, range)) {
                access(user) = static_cast<std::uint32_t>(*value);
            }
        },
        "no limit"
    );
}

template <class Access>
Key<User> optional_size(std::string_view path, Access access, About about) {
    constexpr Range kRange{1, std::uint64_t{1} << 40U};
    return special<User>(
        path,
        "size",
        fmt::format("{} to {}", format_size(kRange.min), format_size(kRange.max)),
        about,
        [=](User& user, const Node& node, const std::string& where, Reader& reader) {
            if (const auto value = reader.size(node, where, kRange)) {
                access(user) = static_cast<std::size_t>(*value);
            }
        },
        "no limit"
    );
}

Problem take_listener(User& user, const Text& text) {
    user.listeners.push_back(text.value);  // whether there is one, the rules see
    return std::nullopt;
}

Problem take_certificate(User& user, const Text& text) {
    if (text.value.empty()) {
        return "is empty; a certificate without a name is nobody's";
    }
    user.certificates.push_back(text.value);
    return std::nullopt;
}

// NOLINTNEXTLINE(readability-function-size): a table, row by row
Table<User> make_user_table() {
    return {
        text_key<User>(
            "name",
            [](auto& u) -> auto& { return u.name; },
            "name",
            "1 to 64 letters, digits, `-`, `_`",
            check_name,
            {"Required. Unique; names the user in logs, errors and listeners."}
        ),
        accounts(
            "unix_users",
            [](auto& u) -> auto& { return u.uids; },
            net::user_id,
            {"Processes of these users of the system, on unix sockets."}
        ),
        accounts(
            "unix_groups",
            [](auto& u) -> auto& { return u.gids; },
            net::group_id,
            {"Processes that are in one of these groups, on unix sockets."}
        ),
        texts<User>(
            "certificates",
            "name or list",
            "names",
            {"Clients that show a certificate of this name, on listeners with a "
             "`client_ca`: its "
             "first URI, else e-mail, else DNS name, else its common name."},
            take_certificate
        ),
        special<User>(
            "password",
            "hash",
            "of `telex passwd`",
            {"Clients that say this user's name and the password of which this is the hash: "
             "argon2id in its usual text form."},
            read_password
        ),
        texts<User>(
            "tokens",
            "hash or list",
            "of `telex keygen --token`",
            {"Clients that say a token of which this is the SHA-256: `sha256:` and 64 hexadecimal "
             "digits."},
            take_token
        ),
        texts<User>(
            "keys",
            "key or list",
            "of `telex keygen`",
            {"Clients that hold the private key to this public one, Ed25519: `ed25519:` and 64 "
             "hexadecimal digits."},
            take_key
        ),
        text_key<User>(
            "account",
            [](auto& u) -> auto& { return u.account; },
            "name",
            "one of `accounts`",
            check_name,
            {"The subject space that the user lives in; it sees nothing of the others but what its "
             "account imports."}
        ),
        texts<User>(
            "listeners",
            "name or list",
            "names of `listeners`",
            {"Where the user may come in; elsewhere it is nobody. Without the key, everywhere."},
            take_listener
        ),
        section<User>(
            "publish",
            {"Where the user may publish and ask. Nowhere, without the section. `>` is "
             "everything but subjects that begin with `$`: these are named, as `$SYS.>`."}
        ),
        filters<User>(
            "publish.allow",
            [](auto& u) -> auto& { return u.publish.allow; },
            {"Filters of what is allowed."}
        ),
        filters<User>(
            "publish.deny",
            [](auto& u) -> auto& { return u.publish.deny; },
            {"Filters of what is forbidden though it is allowed."}
        ),
        section<User>("subscribe", {"What the user may receive. Nothing, without the section."}),
        filters<User>(
            "subscribe.allow",
            [](auto& u) -> auto& { return u.subscribe.allow; },
            {"A subscription's filter must be within one of these."}
        ),
        filters<User>(
            "subscribe.deny",
            [](auto& u) -> auto& { return u.subscribe.deny; },
            {"What these select is kept from wider subscriptions, too."}
        ),
        section<User>("limits", {"What the user may take, with all its connections together."}),
        optional_count(
            "limits.max_connections",
            [](auto& u) -> auto& { return u.limits.max_connections; },
            {1, 1'000'000},
            {"Connections at a time; one more is told so and closed."}
        ),
        optional_count(
            "limits.max_subscriptions",
            [](auto& u) -> auto& { return u.limits.max_subscriptions; },
            {1, 10'000'000},
            {"Subscriptions; one more is refused."}
        ),
        optional_size(
            "limits.max_pending",
            [](auto& u) -> auto& { return u.limits.max_pending_bytes; },
            {"What waits for its connections. Over it each of them may have 64 KiB, and then "
             "`slow_consumer` acts."}
        ),
        optional_size(
            "limits.max_payload",
            [](auto& u) -> auto& { return u.limits.max_payload_bytes; },
            {"Payload of one message; a larger one is refused."}
        ),
        optional_count(
            "limits.frames_per_second",
            [](auto& u) -> auto& { return u.limits.frames_per_second; },
            {1, 1'000'000'000},
            {"Messages and controls that it sends. Over it its connections are read more slowly; "
             "what one second brings may come at once."}
        ),
        optional_size(
            "limits.bytes_per_second",
            [](auto& u) -> auto& { return u.limits.bytes_per_second; },
            {"The same for the bytes that it sends."}
        ),
    };
}

}  // namespace

const Table<User>& user_keys() {
    static const Table<User> table = make_user_table();
    return table;
}

}  // namespace telex::config
