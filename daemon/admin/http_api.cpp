#include "admin/http_api.hpp"

#include "access/attempt_limiter.hpp"
#include "access/users.hpp"
#include "admin/admin_response.hpp"
#include "admin/commands.hpp"
#include "admin/dashboard.hpp"
#include "admin/parameters.hpp"
#include "admin/rights.hpp"
#include "server/listener/authenticator.hpp"
#include "server/listener/ownership.hpp"
#include "wire/proto_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace telex::admin {

namespace {

using http::Request;
using http::Response;

constexpr std::chrono::seconds kFigureAge{1};
constexpr std::chrono::milliseconds kReactorsReplyWithin{500};

constexpr std::string_view kGet = "GET";
constexpr std::string_view kHead = "HEAD";
constexpr std::string_view kPost = "POST";
constexpr std::string_view kCommandPrefix = "/api/v1/";

Response alive() {
    return json_response(R"({"alive":true})");
}

}  // namespace

struct HttpApi::Route {
    std::string_view method;  // GET includes HEAD
    std::string_view path;
    // One of the two: a page, or a command with the parameters of this method.
    Response (*page)(HttpApi& api, const Request& request) = nullptr;
    const Command* command = nullptr;
    std::span<const Parameter> parameters{};
    // Requires the right to publish to them; for all if empty.
    std::vector<std::string> subjects{};

    bool changes_something() const { return method == kPost; }
};

std::span<const HttpApi::Route> HttpApi::routes() {
    static const std::array kRoutes = {
        Route{kGet, "/livez", [](auto&, auto&) { return alive(); }},
        Route{kGet, "/readyz", [](HttpApi& api, auto&) { return api.readyz(); }},
        Route{kGet, "/healthz", [](HttpApi& api, auto&) { return api.readyz(); }},
        Route{kGet, "/metrics", [](HttpApi& api, auto&) { return api.metrics(); }},
        Route{
            .method = kGet,
            .path = "/api/v1/status",
            .page = [](HttpApi& api, auto& request) { return api.status(request); },
            .subjects = {"$SYS.info", "$SYS.stats"}
        },
    };
    return kRoutes;
}

std::vector<HttpApi::Route> HttpApi::routes_at(std::string_view path) {
    std::vector<Route> found;
    for (const Route& route : routes()) {
        if (route.path == path) {
            found.push_back(route);
        }
    }
    if (dashboard_page(path)) {
        found.push_back({kGet, path, [](auto&, auto& request) {
                             return *dashboard_page(request.path);
                         }});
    }
    const Command* const command = path.starts_with(kCommandPrefix)
                                       ? find_command(path.substr(kCommandPrefix.size()))
                                       : nullptr;
    const auto add = [&](std::string_view method, const auto& parameters) {
        if (parameters) {
            found.push_back({
                .method = method,
                .path = path,
                .command = command,
                .parameters = *parameters,
                .subjects = {command->subject()},
            });
        }
    };
    if (command != nullptr) {
        add(kGet, command->get);
        add(kPost, command->post);
    }
    return found;
}

namespace {

// `methods`: those of the path.
Response no_route(std::vector<std::string_view> methods) {
    if (methods.empty()) {
        return http::error_response(404, "no such page");
    }
    if (std::find(methods.begin(), methods.end(), kGet) != methods.end()) {
        methods.push_back(kHead);
    }
    const std::string allowed = fmt::format("{}", fmt::join(methods, ", "));
    Response response = http::error_response(405, "method not allowed; use " + allowed);
    response.fields["Allow"] = allowed;
    return response;
}

}  // namespace

Response HttpApi::handle(const Request& request) {
    if (auto refusal = guard_.refuse(request)) {
        return *std::move(refusal);
    }
    const std::string_view method = request.method == kHead ? kGet : request.method;
    std::vector<std::string_view> methods;
    for (const Route& route : routes_at(request.path)) {
        if (route.method != method) {
            methods.push_back(route.method);
            continue;
        }
        const auto user = authorize(route, request);
        if (!user) {
            return user.error();
        }
        return route.command == nullptr ? route.page(*this, request)
                                        : route.command->handle_query(
                                              actions_, request, route.parameters, {.user = *user}
                                          );
    }
    return no_route(std::move(methods));
}

// At a unix socket the permissions of its file protect reading, and the kernel's credentials
// commands.
Result<std::string, Response> HttpApi::authorize(const Route& route, const Request& request) const {
    if (request.credentials && server::owns_daemon(*request.credentials)) {
        return access::owner().name;
    }
    const bool is_free = route.subjects.empty() || (request.local && !route.changes_something());
    if (!is_free && server_.authenticator() != nullptr) {
        return authenticate(route, request);
    }
    if (route.changes_something()) {
        return unexpected(http::error_response(
            403,
            "commands require a user of the configuration, which has none; at a unix socket, root "
            "or the daemon's own user"
        ));
    }
    return std::string();
}

Result<std::string, Response> HttpApi::authenticate(const Route& route, const Request& request)
    const {
    server::Authenticator& authenticator = *server_.authenticator();
    const auto now = TimePoint::clock::now();
    // Every process of this host may come from any loopback address.
    const std::string source =
        request.credentials ? fmt::format("uid-{}", request.credentials->uid) : std::string();
    const bool may_try = authenticator.with_attempts([&](access::AttemptLimiter& attempts) {
        return attempts.may_try(source, now);
    });
    if (!may_try && !request.authorization.empty()) {
        Response busy =
            http::error_response(429, "too many authentication attempts; try again later");
        busy.fields["Retry-After"] = "1";
        return unexpected(std::move(busy));
    }
    const std::vector<std::string_view> subjects(route.subjects.begin(), route.subjects.end());
    auto user = user_of(*authenticator.users(), request, subjects);
    if (!user && user.error().status == 401 && !request.authorization.empty()) {
        authenticator.with_attempts([&](access::AttemptLimiter& attempts) {
            attempts.has_failed(source, now);
        });
    }
    return user;
}

wire::AdminResult<const Figures*> HttpApi::figures() {
    const auto now = Clock::now();
    if (!figures_ || now - taken_ >= kFigureAge) {
        auto stats = server_.stats();
        if (!stats) {
            return unexpected(std::move(stats.error()));
        }
        figures_ = Figures{
            .info = *server_.exchange().info(),
            .stats = *std::move(stats),
            .listeners = server_.listener_list(),
            .state = daemon_.state(),
            .process = process_facts(),
        };
        taken_ = now;
    }
    return &*figures_;
}

std::string HttpApi::refusal_of(const Command& command, const Request& request) const {
    const Route route{.method = kPost, .path = {}, .subjects = {command.subject()}};
    const auto user = authorize(route, request);
    return user ? std::string()
                : nlohmann::json::parse(user.error().body).at("error").get<std::string>();
}

std::string HttpApi::refusals_of_commands(const Request& request) const {
    nlohmann::json refusals = nlohmann::json::object();
    for (const Command& command : commands()) {
        if (command.post) {
            refusals[std::string(command.name)] = refusal_of(command, request);
        }
    }
    return refusals.dump();
}

std::string HttpApi::refused_reload(const Request& request) const {
    auto refused = daemon_.state().refused_reload;
    if (!refused) {
        return "null";
    }
    if (!refusal_of(*find_command("reload"), request).empty()) {
        refused->clear_diagnostics();
    }
    return wire::json_object(*refused);
}

Response HttpApi::readyz() {
    const DaemonState state = daemon_.state();
    nlohmann::json reasons = nlohmann::json::array();
    if (state.draining) {
        reasons.push_back("the daemon is draining");
    }
    if (!server_.responsive(kReactorsReplyWithin)) {
        reasons.push_back("a reactor is unresponsive");
    }
    for (const std::string& address : state.unreachable_addresses) {
        reasons.push_back(
            fmt::format("the socket file of {} was deleted; reload to recreate it", address)
        );
    }
    const bool ready = reasons.empty();
    const nlohmann::json body = {
        {"ready", ready},
        {"draining", state.draining},
        {"reasons", std::move(reasons)},
        {"last_reload_succeeded", !state.refused_reload},
    };
    return json_response(body.dump(), ready ? 200 : 503);
}

Response HttpApi::metrics() {
    const auto now = figures();
    if (!now) {
        return error_response(now.error());
    }
    return {200, "text/plain; version=0.0.4; charset=utf-8", prometheus_text(**now), {}};
}

Response HttpApi::status(const Request& request) {
    v1::ListListeners nothing;
    const auto now = read_parameters(request, {}, nothing).and_then([&] { return figures(); });
    if (!now) {
        return error_response(now.error());
    }
    return json_response(fmt::format(
        R"({{"info":{},"stats":{},"commands":{},"refusedReload":{}}})",
        wire::json_object((*now)->info),
        wire::json_object((*now)->stats),
        refusals_of_commands(request),
        refused_reload(request)
    ));
}

}  // namespace telex::admin
