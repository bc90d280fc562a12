#include "admin/surface.hpp"

#include "access/users.hpp"
#include "admin/admin_response.hpp"
#include "admin/dashboard.hpp"
#include "admin/query.hpp"
#include "admin/rights.hpp"
#include "server/listener/ownership.hpp"
#include "wire/proto_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace telex::admin {

namespace {

using http::Request;
using http::Response;

constexpr std::chrono::seconds kFigureAge{1};
constexpr std::chrono::milliseconds kReactorsAnswerWithin{500};

constexpr std::string_view kGet = "GET";
constexpr std::string_view kHead = "HEAD";
constexpr std::string_view kPost = "POST";

// `methods`: those that the path has, if it has any.
Response no_page(std::vector<std::string_view> methods) {
    if (methods.empty()) {
        return http::error_response(404, "there is no such page");
    }
    if (std::find(methods.begin(), methods.end(), kGet) != methods.end()) {
        methods.push_back(kHead);
    }
    const std::string allowed = fmt::format("{}", fmt::join(methods, ", "));
    Response response = http::error_response(405, "this page knows " + allowed);
    response.fields["Allow"] = allowed;
    return response;
}

Response file(std::string_view type, std::string_view text) {
    return {200, std::string(type), std::string(text), {}};
}

}  // namespace

struct Surface::Page {
    std::string_view method;  // GET stands for HEAD, too
    std::string_view path;
    Response (*answer)(Surface& surface, const Request& request, const exchange::Asker& by);
    // Whose answers it shows: who may not ask there does not see it. None: it is for everybody.
    std::span<const std::string_view> subjects = {};

    bool gives_order() const { return method == kPost; }
};

std::span<const Surface::Page> Surface::pages() {
    using Subject = std::array<std::string_view, 1>;
    static constexpr std::array<std::string_view, 2> kStatus = {"$SYS.info", "$SYS.stats"};
    static constexpr Subject kConnections = {"$SYS.admin.connections"};
    static constexpr Subject kSubscriptions = {"$SYS.admin.subscriptions"};
    static constexpr Subject kListeners = {"$SYS.admin.listeners"};
    static constexpr Subject kSubjects = {"$SYS.admin.subjects"};
    static constexpr Subject kLogLevel = {"$SYS.admin.log-level"};
    static constexpr Subject kKick = {"$SYS.admin.kick"};
    static constexpr Subject kDrain = {"$SYS.admin.drain"};
    static constexpr Subject kReload = {"$SYS.admin.reload"};
    static constexpr std::array kPages = {
        Page{
            kGet,
            "/",
            [](auto&, auto&, auto&) { return file("text/html; charset=utf-8", dashboard_html()); }
        },
        Page{
            kGet,
            "/dashboard.css",
            [](auto&, auto&, auto&) { return file("text/css", dashboard_css()); }
        },
        Page{
            kGet,
            "/dashboard.js",
            [](auto&, auto&, auto&) { return file("text/javascript", dashboard_js()); }
        },
        Page{
            kGet, "/livez", [](auto&, auto&, auto&) { return json_response(R"({"alive":true})"); }
        },
        Page{kGet, "/readyz", show<&Surface::ready>},
        Page{kGet, "/healthz", show<&Surface::ready>},
        Page{kGet, "/metrics", show<&Surface::metrics>},
        Page{kGet, "/api/v1/status", show<&Surface::status>, kStatus},
        Page{kGet, "/api/v1/connections", show<&Surface::connections>, kConnections},
        Page{kGet, "/api/v1/subscriptions", show<&Surface::subscriptions>, kSubscriptions},
        Page{kGet, "/api/v1/listeners", show<&Surface::listeners>, kListeners},
        Page{kGet, "/api/v1/subjects", show<&Surface::subjects>, kSubjects},
        Page{kGet, "/api/v1/log-level", show<&Surface::log_level>, kLogLevel},
        Page{kPost, "/api/v1/log-level", order<&Surface::set_log_level>, kLogLevel},
        Page{kPost, "/api/v1/kick", order<&Surface::kick>, kKick},
        Page{kPost, "/api/v1/drain", order<&Surface::drain>, kDrain},
        Page{kPost, "/api/v1/reload", order<&Surface::reload>, kReload},
    };
    return kPages;
}

Response Surface::answer(const Request& request) {
    if (auto refusal = guard_.refuse(request)) {
        return *std::move(refusal);
    }
    const std::string_view method = request.method == kHead ? kGet : request.method;
    const Page* page = nullptr;
    std::vector<std::string_view> methods;
    for (const Page& row : pages()) {
        if (row.path == request.path) {
            methods.push_back(row.method);
            page = row.method == method ? &row : page;
        }
    }
    if (page == nullptr) {
        return no_page(std::move(methods));
    }
    const auto user = admit(*page, request);
    if (!user) {
        return user.error();
    }
    return page->answer(*this, request, {.user = *user});
}

// At a unix socket its file decides who may look, and the kernel's word who may give orders.
Result<std::string, Response> Surface::admit(const Page& page, const Request& request) const {
    if (request.credentials && server::owns_daemon(*request.credentials)) {
        return access::owner().name;
    }
    const bool shown_to_all = page.subjects.empty() || (request.local && !page.gives_order());
    const access::UsersPtr users = server_.users();
    if (!shown_to_all && users) {
        return user_of(*users, request, page.subjects);
    }
    if (page.gives_order()) {
        return unexpected(http::error_response(
            403,
            "orders are for users of the configuration, which has none, and at a unix socket for "
            "root and the daemon's own user"
        ));
    }
    return std::string();
}

wire::AdminResult<const Figures*> Surface::figures() {
    const auto now = std::chrono::steady_clock::now();
    if (!figures_ || now - taken_ >= kFigureAge) {
        auto stats = server_.stats();
        if (!stats) {
            return unexpected(std::move(stats.error()));
        }
        figures_ = Figures{
            .info = *server_.exchange().info(),
            .stats = *std::move(stats),
            .listeners = server_.listener_list(),
            .state = operations_.state(),
            .process = process_facts(),
        };
        taken_ = now;
    }
    return &*figures_;
}

Response Surface::ready(const Request& /*request*/) {
    const DaemonState state = operations_.state();
    const bool reactors = server_.responsive(kReactorsAnswerWithin);
    nlohmann::json reasons = nlohmann::json::array();
    if (state.draining) {
        reasons.push_back("the daemon drains and stops");
    }
    if (!reactors) {
        reasons.push_back("a reactor does not answer");
    }
    for (const std::string& address : state.unreachable_addresses) {
        reasons.push_back(fmt::format(
            "nobody reaches {}: its socket file was deleted, a reload makes it", address
        ));
    }
    const bool ready = reasons.empty();
    const nlohmann::json body = {
        {"ready", ready},
        {"draining", state.draining},
        {"reasons", std::move(reasons)},
        {"last_reload_succeeded", state.last_reload_succeeded},
    };
    return json_response(body.dump(), ready ? 200 : 503);
}

Response Surface::metrics(const Request& /*request*/) {
    const auto now = figures();
    if (!now) {
        return error_response(now.error());
    }
    return {200, "text/plain; version=0.0.4; charset=utf-8", prometheus_text(**now), {}};
}

Response Surface::status(const Request& request) {
    const auto now = expect_no_query(request).and_then([&] { return figures(); });
    if (!now) {
        return error_response(now.error());
    }
    return json_response(fmt::format(
        R"({{"info":{},"stats":{}}})",
        wire::json_object((*now)->info),
        wire::json_object((*now)->stats)
    ));
}

Response Surface::connections(const Request& request) {
    return response_of(connections_query(request).and_then([&](const auto& query) {
        return server_.connections(query);
    }));
}

Response Surface::subscriptions(const Request& request) {
    return response_of(subscriptions_query(request).and_then([&](const auto& query) {
        return server_.subscriptions(query);
    }));
}

Response Surface::listeners(const Request& request) {
    return response_of(expect_no_query(request).map([&] { return server_.listener_list(); }));
}

Response Surface::subjects(const Request& request) {
    return response_of(subjects_query(request).and_then([&](const auto& query) {
        return server_.subjects(query);
    }));
}

Response Surface::log_level(const Request& request) {
    return response_of(expect_no_query(request).map([&] {
        v1::LogLevel answer;
        answer.set_level(operations_.log_level());
        return answer;
    }));
}

Response Surface::set_log_level(const Request& request, const exchange::Asker& by) {
    return response_of(log_level_order(request).and_then([&](const auto& order) {
        return orders_.set_log_level(order, by);
    }));
}

Response Surface::kick(const Request& request, const exchange::Asker& by) {
    return response_of(kick_order(request).and_then([&](const auto& order) {
        return orders_.kick(order, by);
    }));
}

Response Surface::drain(const Request& request, const exchange::Asker& by) {
    return response_of(expect_no_query(request).map([&] { return orders_.drain({}, by); }));
}

Response Surface::reload(const Request& request, const exchange::Asker& by) {
    const auto order = reload_order(request);
    return order ? response_of(orders_.reload(*order, by)) : error_response(order.error());
}

}  // namespace telex::admin
