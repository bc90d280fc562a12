#include "config/load.hpp"

#include "config/keys/account_reader.hpp"
#include "config/keys/listener_reader.hpp"
#include "config/keys/mapping.hpp"
#include "config/keys/server_keys.hpp"
#include "config/keys/storage_keys.hpp"
#include "config/keys/stream_reader.hpp"
#include "config/keys/user_reader.hpp"
#include "config/parse/text_checks.hpp"
#include "config/rules/validate.hpp"
#include "protocols/registry/protocols.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace telex::config {

namespace {

void warn_of_unused(
    const NamedFramings& framings, const Config& config, const Origins& origins, Report& report
) {
    std::set<std::string_view> used;
    for (const server::ListenerOptions& listener : config.listeners) {
        used.insert(listener.framing_name);
    }
    for (const auto& [name, framing] : framings) {
        if (!used.contains(name)) {
            const std::string where = join("framings", name);
            report.warning(origins.key_of(where), where + ": no listener uses this framing");
        }
    }
}

// The default of max_pending grows with the protocol, up to a quarter of the budget.
void settle_max_pending(Config& config, const Origins& origins) {
    const std::size_t part = config.server.exchange.memory_budget_bytes / 4;
    for (std::size_t i = 0; i < config.listeners.size(); ++i) {
        server::ListenerOptions& options = config.listeners[i];
        const auto* const protocol = session::find_protocol(options.protocol);
        const std::string key = join(item("listeners", i), "slow_consumer.max_pending");
        if (protocol != nullptr && !origins.given(key)) {
            std::size_t& most = options.slow_consumer.max_pending_bytes;
            most = std::max(most, std::min(protocol->max_pending_bytes, part));
        }
    }
}

Config read_config(
    const Node& root, const Environment& environment, Origins& origins, Report& report
) {
    Reader reader(environment, report, origins);
    ConfigDraft draft;
    draft.config.server.reactors = automatic_reactors(environment.processors);
    if (root.kind != Node::Kind::mapping && root.kind != Node::Kind::empty) {
        report.error(
            root.at, fmt::format("expected a mapping of keys, found {}", describe(root.kind))
        );
        return draft.config;
    }
    read_mapping(draft, server_keys(), root, "", reader);
    NamedFramings framings;
    if (draft.framings != nullptr) {
        framings = read_framings(*draft.framings, "framings", reader);
    }
    if (draft.users != nullptr) {
        draft.config.server.users = read_users(*draft.users, "users", reader);
    }
    if (draft.accounts != nullptr) {
        draft.config.server.accounts = read_accounts(*draft.accounts, "accounts", reader);
    }
    if (draft.listeners != nullptr) {
        draft.config.listeners = read_listeners(*draft.listeners, "listeners", framings, reader);
        settle_max_pending(draft.config, origins);
    }
    if (draft.streams != nullptr) {
        draft.config.streams = read_streams(*draft.streams, "streams", reader);
    }
    settle_storage(draft.config, environment, origins, report);
    validate(draft.config, environment, origins, report);
    if (report.errors() == 0) {
        warn_of_unused(framings, draft.config, origins, report);
    }
    return draft.config;
}

// `root` may be null: the report has its error.
LoadResult load_root(const Node* root, const Environment& environment, Report& report) {
    LoadResult result;
    Origins origins;
    if (root != nullptr) {
        Config config = read_config(*root, environment, origins, report);
        if (report.errors() == 0) {
            result.config = std::move(config);
            result.settings = origins.settings();
        }
    }
    result.status = result.config ? LoadStatus::loaded : LoadStatus::invalid;
    result.diagnostics = report.take();
    return result;
}

}  // namespace

LoadResult load_text(
    const std::string& name, std::string_view text, const Environment& environment
) {
    Report report(name, text);
    const auto root = parse_yaml(text, report);
    return load_root(root ? &*root : nullptr, environment, report);
}

LoadResult load_tree(const std::string& name, const Node& root, const Environment& environment) {
    Report report(name, {});
    return load_root(&root, environment, report);
}

LoadResult load_file(const std::string& path, const Environment& environment) {
    const auto text = read_regular_file(path, kMaxFileBytes);
    if (text) {
        return load_text(path, *text, environment);
    }
    Report report(path, {});
    report.error({0, 0}, text.error().text);
    LoadResult result;
    switch (text.error().problem) {
        case FileProblem::unreadable:
            result.status = LoadStatus::unreadable;
            break;
        case FileProblem::no_permission:
            result.status = LoadStatus::no_permission;
            break;
        case FileProblem::unfit:
            result.status = LoadStatus::invalid;
            break;
    }
    result.diagnostics = report.take();
    return result;
}

}  // namespace telex::config
