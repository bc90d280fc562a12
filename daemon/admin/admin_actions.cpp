#include "admin/admin_actions.hpp"

#include "admin/caller_origin.hpp"
#include "log/log.hpp"
#include "log/recent_lines.hpp"

#include <asio/post.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace telex::admin {

wire::AdminResult<v1::ConnectionList> AdminActions::connections(
    const v1::ListConnections& request, const Caller& /*caller*/
) {
    return server_.connections(request);
}

wire::AdminResult<v1::UserList> AdminActions::users(
    const v1::ListUsers& request, const Caller& /*caller*/
) {
    return server_.users(request);
}

wire::AdminResult<v1::SubscriptionList> AdminActions::subscriptions(
    const v1::ListSubscriptions& request, const Caller& /*caller*/
) {
    return server_.subscriptions(request);
}

wire::AdminResult<v1::ListenerList> AdminActions::listeners(
    const v1::ListListeners& /*request*/, const Caller& /*caller*/
) {
    return server_.listener_list();
}

wire::AdminResult<v1::SubjectList> AdminActions::subjects(
    const v1::ListSubjects& request, const Caller& /*caller*/
) {
    return server_.subjects(request);
}

wire::AdminResult<v1::History> AdminActions::history(
    const v1::GetHistory& request, const Caller& /*caller*/
) {
    return history_.describe(request, Clock::now(), std::chrono::system_clock::now());
}

wire::AdminResult<v1::TraceReport> AdminActions::trace(
    const v1::Trace& request, const Caller& caller
) {
    auto report = server_.trace(request);
    if (request.trace() == 0 && report) {
        log::write(
            "operator",
            {{"action", "trace"},
             {"by", caller.user},
             {"from", origin_of(caller)},
             {"trace", report->trace()},
             {"filter", request.filter()},
             {"connection", request.connection()}}
        );
    }
    return report;
}

wire::AdminResult<v1::Kicked> AdminActions::kick(const v1::Kick& request, const Caller& caller) {
    return server_.kick(request, caller.connection).map([&](const server::KickResult& result) {
        if (result.own_is_left) {
            kick_later(caller.connection, request.reason());
        }
        log::write(
            "operator",
            {{"action", "kick"},
             {"by", caller.user},
             {"from", origin_of(caller)},
             {"connection",
              request.user().empty() ? std::optional(request.connection()) : std::nullopt},
             {"user", request.user().empty() ? std::nullopt : std::optional(request.user())},
             {"connections", result.reply.connections()}}
        );
        return result.reply;
    });
}

void AdminActions::kick_later(std::uint64_t connection, const std::string& reason) {
    v1::Kick request;
    request.set_connection(connection);
    request.set_reason(reason);
    asio::post(control_, [&server = server_, request] {
        (void)server.kick(request, 0);  // it may have ended meanwhile
    });
}

wire::AdminResult<v1::Draining> AdminActions::drain(
    const v1::Drain& /*request*/, const Caller& caller
) {
    log::write("operator", {{"action", "drain"}, {"by", caller.user}, {"from", origin_of(caller)}});
    asio::post(control_, [&daemon = daemon_] { daemon.drain(); });
    return v1::Draining();
}

wire::AdminResult<v1::LogLevel> AdminActions::log_level(
    const v1::SetLogLevel& request, const Caller& caller
) {
    if (!request.level().empty()) {
        if (auto set = daemon_.set_log_level(request.level()); !set) {
            return unexpected(std::move(set.error()));
        }
        log::write(
            "operator",
            {{"action", "log-level"},
             {"by", caller.user},
             {"from", origin_of(caller)},
             {"level", request.level()}}
        );
    }
    v1::LogLevel reply;
    reply.set_level(daemon_.log_level());
    return reply;
}

wire::AdminResult<v1::ConfigText> AdminActions::configuration(
    const v1::GetConfig& /*request*/, const Caller& /*caller*/
) {
    v1::ConfigText reply;
    reply.set_text(daemon_.configuration());
    return reply;
}

wire::AdminResult<v1::LogLines> AdminActions::recent_log(
    const v1::GetLog& /*request*/, const Caller& /*caller*/
) {
    v1::LogLines reply;
    for (std::string& line : log::recent_lines().lines()) {
        reply.add_lines(std::move(line));
    }
    return reply;
}

wire::AdminResult<v1::ReloadReport> AdminActions::reload(
    const v1::Reload& request, const Caller& caller
) {
    if (!request.dry_run()) {
        log::write(
            "operator", {{"action", "reload"}, {"by", caller.user}, {"from", origin_of(caller)}}
        );
    }
    if (request.background()) {
        asio::post(control_, [&daemon = daemon_, request] {
            // It logs its report.
            (void)daemon.reload(request.dry_run(), request.force());
        });
        return v1::ReloadReport();
    }
    return daemon_.reload(request.dry_run(), request.force());
}

}  // namespace telex::admin
