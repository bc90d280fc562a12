#pragma once
// The handlers of the operator commands (commands.cpp), for requests on the bus and over HTTP
// alike. Those that change something log an `operator` event with the caller.
//
// Owner: the application, which keeps all alive. Thread: the application's.
#include "admin/daemon_control.hpp"
#include "admin/history.hpp"
#include "admin/stream_actions.hpp"
#include "exchange/admin_handler.hpp"
#include "server/server.hpp"
#include "wire/admin_error.hpp"

#include <asio/io_context.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace telex::admin {

using exchange::Caller;

class AdminActions {
public:
    // `engine`: null without storage. `storage_folder`: of its store.
    AdminActions(
        asio::io_context& control,
        server::Server& server,
        DaemonControl& daemon,
        const History& history,
        storage::Engine* engine,
        std::string storage_folder
    )
        : control_(control),
          server_(server),
          daemon_(daemon),
          history_(history),
          streams_(engine, std::move(storage_folder), server) {}

    // The commands of streams.
    StreamActions& streams() { return streams_; }

    [[nodiscard]] wire::AdminResult<v1::ConnectionList> connections(
        const v1::ListConnections& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::SubscriptionList> subscriptions(
        const v1::ListSubscriptions& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::UserList> users(
        const v1::ListUsers& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::ListenerList> listeners(
        const v1::ListListeners& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::SubjectList> subjects(
        const v1::ListSubjects& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::History> history(
        const v1::GetHistory& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::TraceReport> trace(
        const v1::Trace& request, const Caller& caller
    );
    // The caller's own connection is closed after the reply was sent to it.
    [[nodiscard]] wire::AdminResult<v1::Kicked> kick(const v1::Kick& request, const Caller& caller);
    // Returns before the drain begins, so that the reply can be sent.
    [[nodiscard]] wire::AdminResult<v1::Draining> drain(
        const v1::Drain& request, const Caller& caller
    );
    // Without a level, returns the current one.
    [[nodiscard]] wire::AdminResult<v1::LogLevel> log_level(
        const v1::SetLogLevel& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::ConfigText> configuration(
        const v1::GetConfig& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::LogLines> recent_log(
        const v1::GetLog& request, const Caller& caller
    );
    // A failed reload is a report with an `error`.
    [[nodiscard]] wire::AdminResult<v1::ReloadReport> reload(
        const v1::Reload& request, const Caller& caller
    );

private:
    // After the reply to the current command.
    void kick_later(std::uint64_t connection, const std::string& reason);

    asio::io_context& control_;
    server::Server& server_;
    DaemonControl& daemon_;
    const History& history_;
    StreamActions streams_;
};

}  // namespace telex::admin
