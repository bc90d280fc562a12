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

class HttpSender;

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

    // As JSON. Lines of the configuration file are for callers who may reload it.
    std::string refused_reload(HttpSender& sender) const;
    http::Response readyz();
    http::Response metrics();
    http::Response status(const http::Request& request, HttpSender& sender);

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
