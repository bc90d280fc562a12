#include "compat/config_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace telex::compat {

namespace {

using config::Node;
using config::Position;

constexpr Position kNowhere{0, 0};

// Everything that clients of nats-server may do; `>` does not include subjects with a '$'.
constexpr std::array<std::string_view, 5> kEverything{">", "$JS.>", "$KV.>", "$O.>", "$SRV.>"};

// "${" is the daemon's substitution.
std::string without_substitution(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        result += text.substr(i).starts_with("${") ? "$$" : text.substr(i, 1);
    }
    return result;
}

Node text_node(const Setting& setting) {
    Node node;
    node.kind = Node::Kind::text;
    node.at = setting.at;
    node.text = without_substitution(setting.text);
    return node;
}

Node mapping_node(Position at) {
    Node node;
    node.kind = Node::Kind::mapping;
    node.at = at;
    return node;
}

Node& member(Node& mapping, std::string_view key, Position at) {
    const auto found = std::find_if(
        mapping.entries.begin(),
        mapping.entries.end(),
        [&](const config::Entry& entry) { return entry.key == key; }
    );
    if (found != mapping.entries.end()) {
        return found->value;
    }
    mapping.entries.push_back({std::string(key), at, mapping_node(at)});
    return mapping.entries.back().value;
}

// At a path such as "limits.max_frame". An empty text makes a mapping.
void put(Node& root, std::string_view path, const Setting& setting) {
    Node* node = &root;
    while (!path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        node = &member(*node, path.substr(0, dot), setting.at);
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    if (!setting.text.empty()) {
        *node = text_node(setting);
    }
}

void put_if_absent(Node& root, std::string_view path, const Draft& draft, std::string text) {
    if (!draft.keys.contains(std::string(kListenerPrefix) + std::string(path))) {
        put(root, path, {std::move(text), kNowhere});
    }
}

Node list_of(const std::vector<Setting>& settings) {
    Node list;
    list.kind = Node::Kind::list;
    for (const Setting& setting : settings) {
        list.at = setting.at;
        list.items.push_back(text_node(setting));
    }
    return list;
}

void add(Node& mapping, std::string_view key, Node value) {
    const Position at = value.at;
    mapping.entries.push_back({std::string(key), at, std::move(value)});
}

Node subjects_node(const SubjectList& subjects, Position at) {
    std::vector<Setting> allow = subjects.allow;
    if (subjects.allows_all) {
        for (const std::string_view filter : kEverything) {
            allow.push_back({std::string(filter), at});
        }
    }
    Node node = mapping_node(at);
    add(node, "allow", list_of(allow));
    if (!subjects.deny.empty()) {
        add(node, "deny", list_of(subjects.deny));
    }
    return node;
}

Node user_node(const UserDraft& user, const Draft& draft) {
    const Position at = user.name.at;
    Node node = mapping_node(at);
    add(node, "name", text_node(user.name));
    for (const auto& [key, credential] :
         {std::pair("password", &user.password),
          std::pair("tokens", &user.token),
          std::pair("keys", &user.nkey)}) {
        if (!credential->text.empty()) {
            add(node, key, text_node(*credential));
        }
    }
    const PermissionDraft permissions =
        user.permissions.value_or(draft.default_permissions.value_or(PermissionDraft{}));
    add(node, "publish", subjects_node(permissions.publish, at));
    add(node, "subscribe", subjects_node(permissions.subscribe, at));
    return node;
}

void add_tls(Node& listener, const Draft& draft) {
    if (draft.verify_clients) {
        put(listener, "tls.client_certificate", {"required", kNowhere});
    }
}

// nats-server's defaults where the daemon's are stricter.
void add_defaults(Node& listener, const Draft& draft) {
    put_if_absent(listener, "limits.max_connections", draft, "65536");
    put_if_absent(listener, "limits.max_subscriptions", draft, "1000000");
    put_if_absent(listener, "limits.idle_timeout", draft, "2m");
}

Node listener_node(const Draft& draft) {
    Node listener = mapping_node(draft.host.at);
    put(listener, "name", {"nats", kNowhere});
    put(listener, "protocol", {"nats", kNowhere});
    put(listener, "address", {address_of(draft), draft.host.at});
    add_defaults(listener, draft);
    for (const auto& [path, setting] : draft.keys) {
        // Authorities have no effect without `verify`, here as there.
        const bool unused = path == "listener.tls.client_ca" && !draft.verify_clients;
        if (path.starts_with(kListenerPrefix) && !unused) {
            put(listener, std::string_view(path).substr(kListenerPrefix.size()), setting);
        }
    }
    add_tls(listener, draft);
    const bool secrets = std::any_of(draft.users.begin(), draft.users.end(), [](const auto& user) {
        return !user.password.text.empty() || !user.token.text.empty();
    });
    if (secrets) {
        put(listener, "plaintext_secrets", {"true", kNowhere});
    }
    return listener;
}

}  // namespace

std::string address_of(const Draft& draft) {
    std::string host = draft.host.text;
    if (host == "::" || host == "[::]") {
        host = "*";
    } else if (host.find(':') != std::string::npos && !host.starts_with('[')) {
        host = fmt::format("[{}]", host);
    }
    return fmt::format("tcp://{}:{}", host, draft.port);
}

Node config_tree(const Draft& draft) {
    Node root = mapping_node({1, 1});
    // As nats-server, which closes at once.
    put(root, "server.drain_timeout", {"100ms", kNowhere});
    if (draft.verbose) {
        put(root, "log.level", {"debug", kNowhere});
    }
    for (const auto& [path, setting] : draft.keys) {
        if (!path.starts_with(kListenerPrefix)) {
            put(root, path, setting);
        }
    }
    if (!draft.users.empty()) {
        Node users;
        users.kind = Node::Kind::list;
        for (const UserDraft& user : draft.users) {
            users.items.push_back(user_node(user, draft));
        }
        add(root, "users", std::move(users));
    }
    Node listeners;
    listeners.kind = Node::Kind::list;
    listeners.items.push_back(listener_node(draft));
    add(root, "listeners", std::move(listeners));
    return root;
}

}  // namespace telex::compat
