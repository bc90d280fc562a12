#include "admin/surface.hpp"

#include "admin/dashboard.hpp"
#include "base/units.hpp"
#include "session/message_rules.hpp"
#include "wire/proto_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace telex::admin {

namespace {

using http::Request;
using http::Response;

constexpr std::chrono::seconds kFigureAge{1};
constexpr std::chrono::milliseconds kReactorsAnswerWithin{500};
constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kStuck = "a reactor does not answer";

Response json_response(std::string body, unsigned status = 200) {
    body += '\n';
    return {status, "application/json", std::move(body), {}};
}

template <class List>
Response list_response(const List& list) {
    if (!list.problem().empty()) {
        return http::error_response(503, list.problem());
    }
    return json_response(wire::json_object(list));
}

Response page(std::string_view type, std::string_view text) {
    return {200, std::string(type), std::string(text), {}};
}

// Numbers in queries: absent is 0; what is none is told.
struct BadParameter {
    std::string text;
};

// The reactors do not answer.
struct NoAnswer {
    std::string text;
};

std::uint64_t number_in(const Request& request, std::string_view name) {
    const std::string_view text = request.parameter(name);
    if (text.empty()) {
        return 0;
    }
    const auto value = parse_count(text);
    if (!value) {
        throw BadParameter{std::string(name) + ": " + value.error()};
    }
    return *value;
}

std::uint32_t limit_in(const Request& request) {
    // The server has a smaller one of its own.
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(number_in(request, "limit"), UINT32_MAX)
    );
}

v1::ListConnections::Order order_in(const Request& request) {
    static constexpr std::array<std::pair<std::string_view, v1::ListConnections::Order>, 7> kNames{{
        {"", v1::ListConnections::BY_NUMBER},
        {"number", v1::ListConnections::BY_NUMBER},
        {"pending", v1::ListConnections::BY_PENDING_BYTES},
        {"received", v1::ListConnections::BY_RECEIVED_BYTES},
        {"sent", v1::ListConnections::BY_SENT_BYTES},
        {"subscriptions", v1::ListConnections::BY_SUBSCRIPTIONS},
        {"dropped", v1::ListConnections::BY_DROPPED_MESSAGES},
    }};
    for (const auto& [name, order] : kNames) {
        if (name == request.parameter("sort")) {
            return order;
        }
    }
    throw BadParameter{"sort: one of number, pending, received, sent, subscriptions, dropped"};
}

}  // namespace

struct Surface::Page {
    std::string_view path;
    bool is_list;  // of connections, subjects and the like
    Response (*answer)(Surface& surface, const Request& request);
};

Response Surface::answer(const Request& request) {
    static constexpr std::array kPages = {
        Page{
            "/",
            false,
            [](auto&, auto&) { return page("text/html; charset=utf-8", dashboard_html()); }
        },
        Page{
            "/dashboard.css", false, [](auto&, auto&) { return page("text/css", dashboard_css()); }
        },
        Page{
            "/dashboard.js",
            false,
            [](auto&, auto&) { return page("text/javascript", dashboard_js()); }
        },
        Page{"/livez", false, [](auto& self, auto&) { return self.live(); }},
        Page{"/readyz", false, [](auto& self, auto&) { return self.ready(); }},
        Page{"/healthz", false, [](auto& self, auto&) { return self.ready(); }},
        Page{"/metrics", false, [](auto& self, auto&) { return self.metrics(); }},
        Page{"/api/v1/status", true, [](auto& self, auto&) { return self.status(); }},
        Page{
            "/api/v1/connections",
            true,
            [](auto& self, auto& from) { return self.connections(from); }
        },
        Page{
            "/api/v1/subscriptions",
            true,
            [](auto& self, auto& from) { return self.subscriptions(from); }
        },
        Page{"/api/v1/listeners", true, [](auto& self, auto&) { return self.listeners(); }},
        Page{"/api/v1/subjects", true, [](auto& self, auto& from) { return self.subjects(from); }},
    };
    if (auto refusal = guard_.refuse(request)) {
        return *std::move(refusal);
    }
    const auto* const found = std::find_if(kPages.begin(), kPages.end(), [&](const Page& row) {
        return row.path == request.path;
    });
    if (found == kPages.end()) {
        return http::error_response(404, "there is no such page");
    }
    if (found->is_list && !may_see_lists(request)) {
        Response refusal = http::error_response(
            401,
            "give the token of a user who may publish to $SYS.admin.>: Authorization: Bearer TOKEN"
        );
        refusal.fields["WWW-Authenticate"] = "Bearer realm=\"telex\"";
        return refusal;
    }
    try {
        return found->answer(*this, request);
    } catch (const BadParameter& problem) {
        return http::error_response(400, problem.text);
    } catch (const NoAnswer& problem) {
        return http::error_response(503, problem.text);
    }
}

bool Surface::may_see_lists(const Request& request) const {
    const access::UsersPtr users = server_.users();
    if (!users || request.local) {
        return true;
    }
    if (!request.authorization.starts_with(kBearer)) {
        return false;
    }
    const auto whom =
        users->with_token(std::string_view(request.authorization).substr(kBearer.size()));
    return whom.user != nullptr &&
           whom.user->publish.allows(fmt::format("{}connections", session::kOperatorPrefix));
}

const Figures& Surface::figures() {
    const auto now = std::chrono::steady_clock::now();
    if (!figures_ || now - taken_ >= kFigureAge) {
        auto stats = server_.stats();
        if (!stats) {
            throw NoAnswer{std::string(kStuck)};
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
    return *figures_;
}

Response Surface::live() const {
    return json_response(R"({"alive":true})");
}

Response Surface::ready() {
    const DaemonState state = operations_.state();
    const bool reactors = server_.responsive(kReactorsAnswerWithin);
    nlohmann::json reasons = nlohmann::json::array();
    if (state.draining) {
        reasons.push_back("the daemon drains and stops");
    }
    if (!reactors) {
        reasons.push_back(kStuck);
    }
    const bool ready = reasons.empty();
    const nlohmann::json body = {
        {"ready", ready},
        {"reasons", std::move(reasons)},
        {"last_reload_succeeded", state.last_reload_succeeded},
    };
    return json_response(body.dump(), ready ? 200 : 503);
}

Response Surface::metrics() {
    return {200, "text/plain; version=0.0.4; charset=utf-8", prometheus_text(figures()), {}};
}

Response Surface::status() {
    const Figures& now = figures();
    return json_response(
        "{\"info\":" + wire::json_object(now.info) + ",\"stats\":" + wire::json_object(now.stats) +
        "}"
    );
}

Response Surface::connections(const Request& request) {
    v1::ListConnections query;
    query.set_order(order_in(request));
    query.set_limit(limit_in(request));
    query.set_number(number_in(request, "number"));
    query.set_listener(std::string(request.parameter("listener")));
    query.set_closed(request.parameter("closed") == "true");
    return list_response(server_.connections(query));
}

Response Surface::subscriptions(const Request& request) {
    v1::ListSubscriptions query;
    query.set_limit(limit_in(request));
    query.set_connection(number_in(request, "connection"));
    query.set_subject(std::string(request.parameter("subject")));
    return list_response(server_.subscriptions(query));
}

Response Surface::listeners() {
    return list_response(server_.listener_list());
}

Response Surface::subjects(const Request& request) {
    v1::ListSubjects query;
    query.set_limit(limit_in(request));
    return list_response(server_.subjects(query));
}

}  // namespace telex::admin
