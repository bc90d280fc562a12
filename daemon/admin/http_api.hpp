#pragma once
// The pages of the HTTP server: health, metrics, the dashboard, and the operator commands as JSON
// (commands.hpp).
//
//   /livez /readyz /metrics            for all clients that reach the socket
//   GET /api/v1/...                    if there are users: requires the token of a user who has the
//                                      right on the bus; free at a unix socket
//   POST /api/v1/...                   requires such a token, or the daemon's owner at a unix
//                                      socket
//   / /dashboard/...                   the dashboard; its data comes from /api/v1
//
// Owner and thread: the application's.
#include "admin/admin_actions.hpp"
#include "admin/daemon_control.hpp"
#include "admin/metrics.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "http/guard.hpp"
#include "http/message.hpp"
#include "server/server.hpp"
#include "wire/admin_error.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::admin {

struct Command;

class HttpApi {
public:
    // `hosts`: see http::Guard. The application keeps the others alive.
    HttpApi(
        server::Server& server,
        const DaemonControl& daemon,
        AdminActions& actions,
        std::vector<std::string> hosts
    )
        : server_(server), daemon_(daemon), actions_(actions), guard_(std::move(hosts)) {}

    http::Response handle(const http::Request& request);

private:
    struct Route;
    static std::span<const Route> routes();
    // Those of the path.
    static std::vector<Route> routes_at(std::string_view path);

    // Returns the caller, named if there are users, or the refusal.
    [[nodiscard]] Result<std::string, http::Response> authorize(
        const Route& route, const http::Request& request
    ) const;
    // Returns the user of the request's token. Limits wrong ones.
    [[nodiscard]] Result<std::string, http::Response> authenticate(
        const Route& route, const http::Request& request
    ) const;
    // Why the caller may not send a command that changes something; empty if it may.
    std::string refusal_of(const Command& command, const http::Request& request) const;
    // As a JSON object, for all of these commands.
    std::string refusals_of_commands(const http::Request& request) const;
    // As JSON. Lines of the configuration file are for callers who may reload it.
    std::string refused_reload(const http::Request& request) const;
    http::Response readyz();
    http::Response metrics();
    http::Response status(const http::Request& request);

    // At most a second old, so that frequent requests do not load the reactors. Valid until the
    // next call.
    [[nodiscard]] wire::AdminResult<const Figures*> figures();

    server::Server& server_;
    const DaemonControl& daemon_;
    AdminActions& actions_;
    http::Guard guard_;
    std::optional<Figures> figures_;
    TimePoint taken_;
};

}  // namespace telex::admin
