#include "admin/desk.hpp"

#include "log/log.hpp"
#include "wire/admin_error.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace telex::admin {

namespace {

struct Office {
    server::Server& server;
    Orders& orders;
    const exchange::Asker& asker;
};

[[nodiscard]] wire::AdminResult<v1::ConnectionList> work_off(
    const Office& office, const v1::ListConnections& request
) {
    return office.server.connections(request);
}

[[nodiscard]] wire::AdminResult<v1::SubscriptionList> work_off(
    const Office& office, const v1::ListSubscriptions& request
) {
    return office.server.subscriptions(request);
}

[[nodiscard]] wire::AdminResult<v1::ListenerList>
work_off(const Office& office, const v1::ListListeners& /*request*/) {
    return office.server.listener_list();
}

[[nodiscard]] wire::AdminResult<v1::SubjectList> work_off(
    const Office& office, const v1::ListSubjects& request
) {
    return office.server.subjects(request);
}

[[nodiscard]] wire::AdminResult<v1::Kicked> work_off(
    const Office& office, const v1::Kick& request
) {
    return office.orders.kick(request, office.asker);
}

[[nodiscard]] wire::AdminResult<v1::Draining> work_off(
    const Office& office, const v1::Drain& request
) {
    return office.orders.drain(request, office.asker);
}

[[nodiscard]] wire::AdminResult<v1::LogLevel> work_off(
    const Office& office, const v1::SetLogLevel& request
) {
    return office.orders.set_log_level(request, office.asker);
}

[[nodiscard]] wire::AdminResult<v1::ReloadReport> work_off(
    const Office& office, const v1::Reload& request
) {
    return office.orders.reload(request, office.asker);
}

[[nodiscard]] wire::AdminResult<v1::TraceReport> work_off(
    const Office& office, const v1::Trace& request
) {
    auto report = office.server.trace(request);
    if (request.trace() == 0 && report) {
        log::write(
            "operator",
            {{"action", "trace"},
             {"by", office.asker.user},
             {"from", origin_of(office.asker)},
             {"trace", report->trace()},
             {"filter", request.filter()},
             {"connection", request.connection()}}
        );
    }
    return report;
}

// Every command is a message in, a message out.
template <class Request>
exchange::OperatorAnswer serve(const Office& office, const std::string& payload) {
    Request request;
    if (!request.ParseFromString(payload)) {
        return {.failure = v1::BAD_REQUEST, .payload = {}, .type = {}};
    }
    const auto answer = wire::answer_of(work_off(office, request));
    return {.payload = answer.SerializeAsString(), .type = answer.GetTypeName()};
}

struct Command {
    std::string_view name;
    exchange::OperatorAnswer (*serve)(const Office& office, const std::string& payload);
};

constexpr std::array kCommands = {
    Command{"connections", serve<v1::ListConnections>},
    Command{"subscriptions", serve<v1::ListSubscriptions>},
    Command{"listeners", serve<v1::ListListeners>},
    Command{"subjects", serve<v1::ListSubjects>},
    Command{"trace", serve<v1::Trace>},
    Command{"kick", serve<v1::Kick>},
    Command{"drain", serve<v1::Drain>},
    Command{"log-level", serve<v1::SetLogLevel>},
    Command{"reload", serve<v1::Reload>},
};

}  // namespace

void Desk::ask(std::string name, std::string payload, exchange::Asker asker, Reply reply) {
    const auto* const command = std::find_if(
        kCommands.begin(), kCommands.end(), [&](const Command& row) { return row.name == name; }
    );
    if (command == kCommands.end()) {
        reply({.failure = v1::NO_RESPONDERS, .payload = {}, .type = {}});
        return;
    }
    asio::post(
        control_,
        [this,
         serve = command->serve,
         payload = std::move(payload),
         asker = std::move(asker),
         reply = std::move(reply)] { reply(serve({server_, orders_, asker}, payload)); }
    );
}

}  // namespace telex::admin
