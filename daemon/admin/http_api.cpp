#include "admin/http_api.hpp"

#include "admin/admin_response.hpp"
#include "admin/commands.hpp"
#include "admin/dashboard.hpp"
#include "admin/http_sender.hpp"
#include "admin/parameters.hpp"
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
    Response (*page)(HttpApi& api, const Request& request, HttpSender& sender) = nullptr;
    const Command* command = nullptr;
    std::span<const Parameter> parameters{};
    // Requires the right to publish to them; for all if empty.
    std::vector<std::string> subjects{};

    bool changes_something() const { return method == kPost; }
};

std::span<const HttpApi::Route> HttpApi::routes() {
    static const std::array kRoutes = {
        Route{kGet, "/livez", [](auto&, auto&, auto&) { return alive(); }},
        Route{kGet, "/readyz", [](HttpApi& api, auto&, auto&) { return api.readyz(); }},
        Route{kGet, "/healthz", [](HttpApi& api, auto&, auto&) { return api.readyz(); }},
        Route{kGet, "/metrics", [](HttpApi& api, auto&, auto&) { return api.metrics(); }},
        Route{
            .method = kGet,
            .path = "/api/v1/status",
            .page = [](HttpApi& api, auto& request, auto& sender
                    ) { return api.status(request, sender); },
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
        found.push_back({kGet, path, [](auto&, auto& request, auto&) {
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
        HttpSender sender(server_, request);
        const auto user = sender.check(route.subjects, route.changes_something());
        if (!user) {
            return http::error_response(user.error());
        }
        return route.command == nullptr ? route.page(*this, request, sender)
                                        : route.command->handle_query(
                                              actions_, request, route.parameters, {.user = *user}
                                          );
    }
    return no_route(std::move(methods));
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
            .storage = actions_.streams().storage_figures(),
            .streams = actions_.streams().stream_figures(),
            .consumers = actions_.streams().consumer_figures(),
        };
        taken_ = now;
    }
    return &*figures_;
}

namespace {

// Why the sender may not send a command that changes something; empty if it may.
std::string refusal_of(const Command& command, HttpSender& sender) {
    const std::array subjects{command.subject()};
    const auto user = sender.check(subjects, true);
    return user ? std::string() : user.error().text;
}

// As a JSON object, for all of these commands.
std::string refusals_of_commands(HttpSender& sender) {
    nlohmann::json refusals = nlohmann::json::object();
    for (const Command& command : commands()) {
        if (command.post) {
            refusals[std::string(command.name)] = refusal_of(command, sender);
        }
    }
    return refusals.dump();
}

}  // namespace

std::string HttpApi::refused_reload(HttpSender& sender) const {
    auto refused = daemon_.state().refused_reload;
    if (!refused) {
        return "null";
    }
    if (!refusal_of(*find_command("reload"), sender).empty()) {
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
    if (!state.storage_problem.empty()) {
        reasons.push_back("streams store nothing: " + state.storage_problem);
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

Response HttpApi::status(const Request& request, HttpSender& sender) {
    v1::ListListeners nothing;
    const auto now = read_parameters(request, {}, nothing).and_then([&] { return figures(); });
    if (!now) {
        return error_response(now.error());
    }
    return json_response(fmt::format(
        R"({{"info":{},"stats":{},"commands":{},"refusedReload":{}}})",
        wire::json_object((*now)->info),
        wire::json_object((*now)->stats),
        refusals_of_commands(sender),
        refused_reload(sender)
    ));
}

}  // namespace telex::admin
