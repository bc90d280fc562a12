#include "config/user_keys.hpp"

#include "config/text_rules.hpp"
#include "net/account.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

using access::User;

// One text or a list of them; `take(text, node, where)` for each.
template <class Take>
void read_each(const Node& node, const std::string& path, Reader& reader, Take take) {
    if (node.kind != Node::Kind::list) {
        if (const auto text = reader.text(node, path)) {
            take(*text, node, path);
        }
        return;
    }
    if (node.items.empty()) {
        reader.error(node.at, path, "is an empty list; remove the key or give it something");
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const std::string where = item(path, i);
        reader.origins().set(where, node.items[i].at, node.items[i].at);
        if (const auto text = reader.text(node.items[i], where)) {
            take(*text, node.items[i], where);
        }
    }
}

// Names or numbers of the system's users or groups, as `number` finds them.
template <class Access, class Number>
Key<User> accounts(std::string_view path, Access access, Number number, About about) {
    return special<User>(
        path,
        "name or list",
        "names or numbers",
        about,
        [=](User& user, const Node& node, const std::string& where, Reader& reader) {
            read_each(
                node,
                where,
                reader,
                [&](const Text& text, const Node& at, const auto& place) {
                    const auto id = number(text.value);
                    if (!id) {
                        reader.error(
                            at.at, place, fmt::format("{}: {}", text.quoted, id.error().what)
                        );
                    } else if (*id == access::kOverflowId) {
                        reader.error(
                            at.at,
                            place,
                            fmt::format(
                                "{} stands for whoever is unknown here, not for somebody",
                                text.quoted
                            )
                        );
                    } else {
                        access(user).push_back(*id);
                    }
                }
            );
        }
    );
}

template <class Access>
Key<User> filters(std::string_view path, Access access, About about) {
    return special<User>(
        path,
        "filter or list",
        "filters",
        about,
        [=](User& user, const Node& node, const std::string& where, Reader& reader) {
            read_each(
                node,
                where,
                reader,
                [&](const Text& text, const Node& at, const auto& place) {
                    if (const auto wrong = wire::check_filter(text.value)) {
                        reader.error(
                            at.at,
                            place,
                            fmt::format(
                                "{} is not a filter: it {}", text.quoted, wire::text_of(*wrong)
                            )
                        );
                    } else {
                        access(user).push_back(text.value);
                    }
                }
            );
        }
    );
}

void read_certificates(User& user, const Node& node, const std::string& path, Reader& reader) {
    read_each(node, path, reader, [&](const Text& text, const Node& at, const auto& place) {
        if (text.value.empty()) {
            reader.error(at.at, place, "is empty; a certificate without a name is nobody's");
        } else {
            user.certificates.push_back(text.value);
        }
    });
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
        special<User>(
            "certificates",
            "name or list",
            "names",
            at_start("Clients that show a certificate of this name, on listeners with a "
                     "`client_ca`: its "
                     "first URI, else e-mail, else DNS name, else its common name."),
            read_certificates
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
