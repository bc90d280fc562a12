#include "admin/commands.hpp"

#include "admin/admin_response.hpp"

#include <algorithm>
#include <array>

namespace telex::admin {

namespace {

// A handler of AdminActions as a function of bytes, and of a query.
template <auto Handler>
struct Handling;

template <
    class Request,
    class Reply,
    wire::AdminResult<Reply> (AdminActions::*Handler)(const Request&, const Caller&)>
struct Handling<Handler> {
    static exchange::AdminReply payload(
        AdminActions& actions, const std::string& payload, const Caller& caller
    ) {
        Request request;
        if (!request.ParseFromString(payload)) {
            return {.failure = v1::BAD_REQUEST, .payload = {}, .type = {}};
        }
        const Reply reply = wire::reply_of((actions.*Handler)(request, caller));
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
            return (actions.*Handler)(request, caller);
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
constexpr std::array kReload{Parameter{"dry_run"}};
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
