#pragma once
// What the HTTP surface answers: health, metrics, the lists and orders of $SYS.admin as JSON, and
// the dashboard.
//
//   /livez /readyz /metrics            for whoever reaches the socket
//   GET /api/v1/...                    where there are users: with the token of one who may ask
//                                      for the same on the bus, or at a unix socket
//   POST /api/v1/...                   orders: with such a token, or at a unix socket for the
//                                      owner of the daemon; for nobody else
//   / /dashboard.js /dashboard.css     the page; what it shows comes from /api/v1
//
// Owner and thread: the application's.
#include "admin/metrics.hpp"
#include "admin/operations.hpp"
#include "admin/orders.hpp"
#include "base/result.hpp"
#include "http/guard.hpp"
#include "http/message.hpp"
#include "server/server.hpp"
#include "wire/admin_error.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::admin {

class Surface {
public:
    // `hosts` as of http::Guard. The others are kept alive by the application.
    Surface(
        server::Server& server,
        const Operations& operations,
        Orders& orders,
        std::vector<std::string> hosts
    )
        : server_(server), operations_(operations), orders_(orders), guard_(std::move(hosts)) {}

    http::Response answer(const http::Request& request);

private:
    struct Page;
    static std::span<const Page> pages();
    // Who asks, by name where that matters, or why not.
    [[nodiscard]] Result<std::string, http::Response> admit(
        const Page& page, const http::Request& request
    ) const;

    template <http::Response (Surface::*Show)(const http::Request&)>
    static http::Response show(
        Surface& self, const http::Request& request, const exchange::Asker& /*by*/
    ) {
        return (self.*Show)(request);
    }

    template <http::Response (Surface::*Order)(const http::Request&, const exchange::Asker&)>
    static http::Response order(
        Surface& self, const http::Request& request, const exchange::Asker& by
    ) {
        return (self.*Order)(request, by);
    }

    http::Response ready(const http::Request& request);
    http::Response metrics(const http::Request& request);
    http::Response status(const http::Request& request);
    http::Response connections(const http::Request& request);
    http::Response subscriptions(const http::Request& request);
    http::Response listeners(const http::Request& request);
    http::Response subjects(const http::Request& request);
    http::Response log_level(const http::Request& request);
    http::Response kick(const http::Request& request, const exchange::Asker& by);
    http::Response drain(const http::Request& request, const exchange::Asker& by);
    http::Response set_log_level(const http::Request& request, const exchange::Asker& by);
    http::Response reload(const http::Request& request, const exchange::Asker& by);

    // No older than a second, so that many who ask cost no more than one. Valid until the next
    // call.
    [[nodiscard]] wire::AdminResult<const Figures*> figures();

    server::Server& server_;
    const Operations& operations_;
    Orders& orders_;
    http::Guard guard_;
    std::optional<Figures> figures_;
    std::chrono::steady_clock::time_point taken_;
};

}  // namespace telex::admin
