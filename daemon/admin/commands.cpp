#include "admin/commands.hpp"

#include "admin/admin_response.hpp"

#include <algorithm>
#include <array>

namespace telex::admin {

namespace {

// The object whose member handles a command.
AdminActions& handler_of(AdminActions& actions, const AdminActions* /*kind*/) {
    return actions;
}

StreamActions& handler_of(AdminActions& actions, const StreamActions* /*kind*/) {
    return actions.streams();
}

// A handler as a function of bytes, and of a query.
template <auto Handler>
struct Handling;

template <
    class Actions,
    class Request,
    class Reply,
    wire::AdminResult<Reply> (Actions::*Handler)(const Request&, const Caller&)>
struct Handling<Handler> {
    [[nodiscard]] static wire::AdminResult<Reply> handle(
        AdminActions& actions, const Request& request, const Caller& caller
    ) {
        constexpr const Actions* kKind = nullptr;
        return (handler_of(actions, kKind).*Handler)(request, caller);
    }

    static exchange::AdminReply payload(
        AdminActions& actions, const std::string& payload, const Caller& caller
    ) {
        Request request;
        if (!request.ParseFromString(payload)) {
            return {.failure = v1::BAD_REQUEST, .payload = {}, .type = {}};
        }
        const Reply reply = wire::reply_of(handle(actions, request, caller));
        return {.payload = reply.SerializeAsString(), .type = reply.GetTypeName()};
    }

    static http::Response query(
        AdminActions& actions,
        const http::Request& query,
        std::span<const Parameter> known,
        const Caller& caller
    ) {
        Request request;
        return response_of(read_parameters(query, known, request).and_then([&] {
            return handle(actions, request, caller);
        }));
    }
};

using Route = std::optional<std::span<const Parameter>>;

template <auto Handler>
constexpr Command command(std::string_view name, Route get = {}, Route post = {}) {
    return {name, get, post, Handling<Handler>::payload, Handling<Handler>::query};
}

constexpr std::array<std::string_view, 8> kOrders{
    "number", "pending", "received", "sent", "subscriptions", "dropped", "receives", "sends"
};
constexpr std::array kConnections{
    Parameter{.name = "sort", .field = "order", .words = kOrders},
    Parameter{"limit"},
    Parameter{"listener"},
    Parameter{"number"},
    Parameter{"closed"},
    Parameter{"search"},
    Parameter{"after"},
    Parameter{"reverse"},
};
constexpr std::array<std::string_view, 4> kSubscriptionOrders{
    "connection", "delivered", "dropped", "held"
};
constexpr std::array kSubscriptions{
    Parameter{.name = "sort", .field = "order", .words = kSubscriptionOrders},
    Parameter{"limit"},
    Parameter{"connection"},
    Parameter{"subject"},
    Parameter{"search"},
    Parameter{"after"},
    Parameter{"reverse"},
};
constexpr std::array kUsers{Parameter{"limit"}};
constexpr std::array kSubjects{Parameter{"limit"}};
constexpr std::array<std::string_view, 5> kRanges{"5m", "15m", "1h", "6h", "24h"};
constexpr std::array kHistory{Parameter{.name = "range", .words = kRanges}};
constexpr std::array kKick{Parameter{.name = "connection", .required = true}, Parameter{"reason"}};
constexpr std::array kLogLevel{Parameter{.name = "level", .required = true}};
constexpr std::array kTrace{
    Parameter{"trace"},
    Parameter{"connection"},
    Parameter{"filter"},
    Parameter{"sample"},
    Parameter{"end"},
};
constexpr std::array kReload{Parameter{"dry_run"}, Parameter{"force"}};
constexpr std::array kStreams{Parameter{"limit"}, Parameter{"account"}, Parameter{"all_accounts"}};
constexpr std::array kStream{Parameter{"account"}, Parameter{.name = "name", .required = true}};
constexpr std::array<std::string_view, 3> kDiscards{"oldest", "newest", "newest-per-subject"};
constexpr std::array<std::string_view, 2> kCompressions{"none", "zstd"};
constexpr std::array kChangeStream{
    Parameter{.name = "name", .required = true, .field = "config.name"},
    Parameter{.name = "account", .field = "config.account"},
    Parameter{.name = "subjects", .required = true, .field = "config.subjects"},
    Parameter{.name = "discard", .field = "config.discard", .words = kDiscards},
    Parameter{.name = "max_messages", .field = "config.max_messages"},
    Parameter{.name = "max_bytes", .field = "config.max_bytes"},
    Parameter{.name = "max_per_subject", .field = "config.max_per_subject"},
    Parameter{.name = "max_age_ms", .field = "config.max_age_ms"},
    Parameter{.name = "max_message_bytes", .field = "config.max_message_bytes"},
    Parameter{.name = "duplicate_window_ms", .field = "config.duplicate_window_ms"},
    Parameter{.name = "max_duplicate_ids", .field = "config.max_duplicate_ids"},
    Parameter{.name = "max_subjects", .field = "config.max_subjects"},
    Parameter{.name = "allow_ttl", .field = "config.allow_ttl"},
    Parameter{.name = "allow_roll_up", .field = "config.allow_roll_up"},
    Parameter{.name = "deny_erase", .field = "config.deny_erase"},
    Parameter{.name = "deny_purge", .field = "config.deny_purge"},
    Parameter{.name = "index_all", .field = "config.index_all"},
    Parameter{.name = "compression", .field = "config.compression", .words = kCompressions},
    Parameter{.name = "sync_interval_ms", .field = "config.sync_interval_ms"},
    Parameter{"force"},
};
// Without `force`, the last one.
constexpr std::span<const Parameter> kAddStream =
    std::span<const Parameter>(kChangeStream).first<kChangeStream.size() - 1>();
constexpr std::array kPurge{
    Parameter{"account"},
    Parameter{.name = "name", .required = true},
    Parameter{"filter"},
    Parameter{"before"},
    Parameter{"keep"},
};
constexpr std::array kErase{
    Parameter{"account"},
    Parameter{.name = "name", .required = true},
    Parameter{.name = "sequence", .required = true},
};
constexpr std::array kConsumers{
    Parameter{"account"}, Parameter{.name = "stream", .required = true}, Parameter{"limit"}
};
constexpr std::array kPauseConsumer{
    Parameter{"account"},
    Parameter{.name = "stream", .required = true},
    Parameter{.name = "name", .required = true},
    Parameter{.name = "time_ms", .required = true},
};
// Without `time_ms`, the last one.
constexpr std::span<const Parameter> kConsumer =
    std::span<const Parameter>(kPauseConsumer).first<kPauseConsumer.size() - 1>();
constexpr std::span<const Parameter> kNone;
constexpr Route kNoRoute;

constexpr std::array kCommands{
    command<&AdminActions::connections>("connections", kConnections),
    command<&AdminActions::subscriptions>("subscriptions", kSubscriptions),
    command<&AdminActions::users>("users", kUsers),
    command<&AdminActions::listeners>("listeners", kNone),
    command<&AdminActions::subjects>("subjects", kSubjects),
    command<&AdminActions::history>("history", kHistory),
    command<&AdminActions::trace>("trace", kNoRoute, kTrace),
    command<&AdminActions::kick>("kick", kNoRoute, kKick),
    command<&AdminActions::drain>("drain", kNoRoute, kNone),
    command<&AdminActions::log_level>("log-level", kNone, kLogLevel),
    // On the bus only: without users every process of the host may read over HTTP.
    command<&AdminActions::configuration>("config"),
    command<&AdminActions::recent_log>("log"),
    command<&AdminActions::reload>("reload", kNoRoute, kReload),
    command<&StreamActions::streams>("streams", kStreams),
    command<&StreamActions::stream>("stream", kStream),
    command<&StreamActions::add>("stream-add", kNoRoute, kAddStream),
    command<&StreamActions::change>("stream-change", kNoRoute, kChangeStream),
    command<&StreamActions::remove>("stream-remove", kNoRoute, kStream),
    command<&StreamActions::purge>("stream-purge", kNoRoute, kPurge),
    command<&StreamActions::erase>("stream-erase", kNoRoute, kErase),
    // On the bus only, as the configuration.
    command<&StreamActions::read>("stream-get"),
    command<&StreamActions::storage>("storage", kNone),
    command<&StreamActions::consumers>("consumers", kConsumers),
    command<&StreamActions::consumer>("consumer", kConsumer),
    command<&StreamActions::remove_consumer>("consumer-remove", kNoRoute, kConsumer),
    command<&StreamActions::pause_consumer>("consumer-pause", kNoRoute, kPauseConsumer),
};

}  // namespace

std::string Command::subject() const {
    return "$SYS.admin." + std::string(name);
}

std::span<const Command> commands() {
    return kCommands;
}

const Command* find_command(std::string_view name) {
    const auto* const found = std::find_if(
        kCommands.begin(), kCommands.end(), [&](const Command& row) { return row.name == name; }
    );
    return found == kCommands.end() ? nullptr : found;
}

}  // namespace telex::admin
