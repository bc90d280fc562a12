#include "admin/surface.hpp"

#include "admin/dashboard.hpp"
#include "admin/query.hpp"
#include "admin/rights.hpp"
#include "wire/proto_json.hpp"

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
constexpr std::string_view kStuck = "a reactor does not answer";

struct NoAnswer {};

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

Response file(std::string_view type, std::string_view text) {
    return {200, std::string(type), std::string(text), {}};
}

}  // namespace

struct Surface::Page {
    std::string_view path;
    Response (*answer)(Surface& surface, const Request& request);
    // Whose answers it shows: who may not ask there does not see it. None: it is for everybody.
    std::span<const std::string_view> subjects = {};
};

const Surface::Page* Surface::page_at(std::string_view path) {
    static constexpr std::array<std::string_view, 2> kStatus = {"$SYS.info", "$SYS.stats"};
    static constexpr std::array<std::string_view, 1> kConnections = {"$SYS.admin.connections"};
    static constexpr std::array<std::string_view, 1> kSubscriptions = {"$SYS.admin.subscriptions"};
    static constexpr std::array<std::string_view, 1> kListeners = {"$SYS.admin.listeners"};
    static constexpr std::array<std::string_view, 1> kSubjects = {"$SYS.admin.subjects"};
    static constexpr std::array kPages = {
        Page{"/", [](auto&, auto&) { return file("text/html; charset=utf-8", dashboard_html()); }},
        Page{"/dashboard.css", [](auto&, auto&) { return file("text/css", dashboard_css()); }},
        Page{"/dashboard.js", [](auto&, auto&) { return file("text/javascript", dashboard_js()); }},
        Page{"/livez", [](auto& self, auto&) { return self.live(); }},
        Page{"/readyz", [](auto& self, auto&) { return self.ready(); }},
        Page{"/healthz", [](auto& self, auto&) { return self.ready(); }},
        Page{"/metrics", [](auto& self, auto&) { return self.metrics(); }},
        Page{"/api/v1/status", [](auto& self, auto& from) { return self.status(from); }, kStatus},
        Page{
            "/api/v1/connections",
            [](auto& self, auto& from) { return self.connections(from); },
            kConnections
        },
        Page{
            "/api/v1/subscriptions",
            [](auto& self, auto& from) { return self.subscriptions(from); },
            kSubscriptions
        },
        Page{
            "/api/v1/listeners",
            [](auto& self, auto& from) { return self.listeners(from); },
            kListeners
        },
        Page{
            "/api/v1/subjects",
            [](auto& self, auto& from) { return self.subjects(from); },
            kSubjects
        },
    };
    const auto* const found = std::find_if(kPages.begin(), kPages.end(), [&](const Page& row) {
        return row.path == path;
    });
    return found == kPages.end() ? nullptr : found;
}

Response Surface::answer(const Request& request) {
    if (auto refusal = guard_.refuse(request)) {
        return *std::move(refusal);
    }
    const Page* const page = page_at(request.path);
    if (page == nullptr) {
        return http::error_response(404, "there is no such page");
    }
    if (auto refusal = refuse_user(*page, request)) {
        return *std::move(refusal);
    }
    try {
        return page->answer(*this, request);
    } catch (const BadParameter& problem) {
        return http::error_response(400, problem.text);
    } catch (const NoAnswer&) {
        return http::error_response(503, kStuck);
    }
}

std::optional<Response> Surface::refuse_user(const Page& page, const Request& request) const {
    const access::UsersPtr users = server_.users();
    if (!users || request.local || page.subjects.empty()) {
        return std::nullopt;
    }
    return refuse(*users, request, page.subjects);
}

const Figures& Surface::figures() {
    const auto now = std::chrono::steady_clock::now();
    if (!figures_ || now - taken_ >= kFigureAge) {
        auto stats = server_.stats();
        if (!stats) {
            throw NoAnswer();
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
        {"draining", state.draining},
        {"reasons", std::move(reasons)},
        {"last_reload_succeeded", state.last_reload_succeeded},
    };
    return json_response(body.dump(), ready ? 200 : 503);
}

Response Surface::metrics() {
    return {200, "text/plain; version=0.0.4; charset=utf-8", prometheus_text(figures()), {}};
}

Response Surface::status(const Request& request) {
    expect_no_query(request);
    const Figures& now = figures();
    return json_response(
        "{\"info\":" + wire::json_object(now.info) + ",\"stats\":" + wire::json_object(now.stats) +
        "}"
    );
}

Response Surface::connections(const Request& request) {
    return list_response(server_.connections(connections_query(request)));
}

Response Surface::subscriptions(const Request& request) {
    return list_response(server_.subscriptions(subscriptions_query(request)));
}

Response Surface::listeners(const Request& request) {
    expect_no_query(request);
    return list_response(server_.listener_list());
}

Response Surface::subjects(const Request& request) {
    return list_response(server_.subjects(subjects_query(request)));
}

}  // namespace telex::admin
