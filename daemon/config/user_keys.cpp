#include "config/user_keys.hpp"

#include "config/text_rules.hpp"
#include "net/account.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

using access::User;

using Problem = std::optional<std::string>;

// A key with one text or a list of them. `take(user, text)` says what is wrong with one.
template <class Take>
Key<User> texts(
    std::string_view path, std::string_view type, std::string_view allowed, About about, Take take
) {
    const auto read_one = [=](User& user, const Node& node, const std::string& where, Reader& reader
                          ) {
        const auto text = reader.text(node, where);
        if (!text) {
            return;
        }
        if (const Problem problem = take(user, *text)) {
            reader.error(node.at, where, *problem);
        }
    };
    return special<User>(
        path,
        std::string(type),
        std::string(allowed),
        about,
        [=](User& user, const Node& node, const std::string& where, Reader& reader) {
            if (node.kind != Node::Kind::list) {
                read_one(user, node, where, reader);
                return;
            }
            if (node.items.empty()) {
                reader.error(node.at, where, "is an empty list; remove the key or fill it");
            }
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                const std::string place = item(where, i);
                reader.origins().set(place, node.items[i].at, node.items[i].at);
                read_one(user, node.items[i], place, reader);
            }
        }
    );
}

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
    return texts(path, "name or list", "names or numbers", about, take);
}

template <class Access>
Key<User> filters(std::string_view path, Access access, About about) {
    const auto take = [=](User& user, const Text& text) -> Problem {
        if (const auto wrong = wire::check_filter(text.value)) {
            return fmt::format("{} is not a filter: it {}", text.quoted, wire::text_of(*wrong));
        }
        access(user).push_back(text.value);
        return std::nullopt;
    };
    return texts(path, "filter or list", "filters", about, take);
}

Problem take_certificate(User& user, const Text& text) {
    if (text.value.empty()) {
        return "is empty; a certificate without a name is nobody's";
    }
    user.certificates.push_back(text.value);
    return std::nullopt;
}

About at_start(std::string_view doc) {
    return {doc, Reload::restart};
}

Table<User> make_table() {
    return {
        text_key<User>(
            "name",
            [](auto& u) -> auto& { return u.name; },
            "name",
            "1 to 64 letters, digits, `-`, `_`",
            check_name,
            at_start("Required. Unique; names the user in logs, errors and listeners.")
        ),
        accounts(
            "unix_users",
            [](auto& u) -> auto& { return u.uids; },
            net::user_id,
            at_start("Processes of these users of the system, on unix sockets.")
        ),
        accounts(
            "unix_groups",
            [](auto& u) -> auto& { return u.gids; },
            net::group_id,
            at_start("Processes that are in one of these groups, on unix sockets.")
        ),
        texts(
            "certificates",
            "name or list",
            "names",
            at_start("Clients that show a certificate of this name, on listeners with a "
                     "`client_ca`: its "
                     "first URI, else e-mail, else DNS name, else its common name."),
            take_certificate
        ),
        section<User>(
            "publish",
            at_start("Where the user may publish and ask. Nowhere, without the section. `>` is "
                     "everything but subjects that begin with `$`: these are named, as `$SYS.>`.")
        ),
        filters(
            "publish.allow",
            [](auto& u) -> auto& { return u.publish.allow; },
            at_start("Filters of what is allowed.")
        ),
        filters(
            "publish.deny",
            [](auto& u) -> auto& { return u.publish.deny; },
            at_start("Filters of what is forbidden though it is allowed.")
        ),
        section<User>(
            "subscribe", at_start("What the user may receive. Nothing, without the section.")
        ),
        filters(
            "subscribe.allow",
            [](auto& u) -> auto& { return u.subscribe.allow; },
            at_start("A subscription's filter must be within one of these.")
        ),
        filters(
            "subscribe.deny",
            [](auto& u) -> auto& { return u.subscribe.deny; },
            at_start("What these select is kept from wider subscriptions, too.")
        ),
    };
}

}  // namespace

const Table<User>& user_keys() {
    static const Table<User> table = make_table();
    return table;
}

}  // namespace telex::config
