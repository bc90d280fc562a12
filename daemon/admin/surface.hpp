#pragma once
// What the HTTP surface answers: health, metrics, the lists of $SYS.admin as JSON, and the
// dashboard.
//
//   /livez /readyz /metrics            for whoever reaches the socket
//   /api/v1/...                        where there are users: with the token of one who may ask
//                                      for the same on the bus, or at a unix socket
//   / /dashboard.js /dashboard.css     the page; what it shows comes from /api/v1
//
// Owner and thread: the application's.
#include "admin/metrics.hpp"
#include "admin/operations.hpp"
#include "http/guard.hpp"
#include "http/message.hpp"
#include "server/server.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::admin {

class Surface {
public:
    // `hosts` as of http::Guard. Both are kept alive by the application.
    Surface(server::Server& server, const Operations& operations, std::vector<std::string> hosts)
        : server_(server), operations_(operations), guard_(std::move(hosts)) {}

    http::Response answer(const http::Request& request);

private:
    struct Page;
    static const Page* page_at(std::string_view path);
    // Nothing: the page may be shown.
    std::optional<http::Response> refuse_user(const Page& page, const http::Request& request) const;

    http::Response live() const;
    http::Response ready();
    http::Response metrics();
    http::Response status(const http::Request& request);
    http::Response connections(const http::Request& request);
    http::Response subscriptions(const http::Request& request);
    http::Response listeners(const http::Request& request);
    http::Response subjects(const http::Request& request);

    // No older than a second, so that many who ask cost no more than one.
    const Figures& figures();

    server::Server& server_;
    const Operations& operations_;
    http::Guard guard_;
    std::optional<Figures> figures_;
    std::chrono::steady_clock::time_point taken_;
};

}  // namespace telex::admin
