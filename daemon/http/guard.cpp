#include "http/guard.hpp"

#include "base/json_text.hpp"
#include "net/peer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace telex::http {

namespace {

bool is_of_other_site(const Request& request) {
    return request.fetch_site == "cross-site" || request.fetch_site == "same-site";
}

// A user follows a link to the dashboard, which opens as a whole window: the page with the link can
// read neither that window nor this response.
bool follows_link(const Request& request) {
    return request.method == "GET" && request.path == "/" && request.fetch_mode == "navigate" &&
           request.fetch_dest == "document";
}

}  // namespace

Response error_response(unsigned status, std::string_view text) {
    const nlohmann::json body = {{"error", std::string(text)}};
    return {
        .status = status,
        .content_type = "application/json",
        .body =
            escape_json_controls(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
            ) +
            "\n",
        .fields = {},
    };
}

std::string host_name(std::string_view host) {
    const std::size_t bracket = host.starts_with('[') ? host.find(']') : 0;
    const std::size_t colon = bracket == std::string_view::npos ? bracket : host.find(':', bracket);
    std::string name(host.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return name;
}

bool Guard::knows(std::string_view host) const {
    const std::string name = host_name(host);
    return name == "localhost" || name == "[::1]" || net::is_loopback(name) ||
           std::find(hosts_.begin(), hosts_.end(), name) != hosts_.end();
}

std::optional<Response> Guard::refuse(const Request& request) const {
    if (request.has_body) {
        return error_response(400, "a request here has no body");
    }
    // Browsers cannot connect to a unix socket.
    if (!request.local && !knows(request.host)) {
        return error_response(
            421, "the Host field names another server; http.hosts lists the names that are known"
        );
    }
    constexpr std::string_view kScheme = "://";
    const std::size_t scheme = request.origin.find(kScheme);
    const bool foreign_origin =
        !request.origin.empty() &&
        (scheme == std::string::npos ||
         !knows(std::string_view(request.origin).substr(scheme + kScheme.size())));
    if (foreign_origin || (is_of_other_site(request) && !follows_link(request))) {
        return error_response(403, "a page of another site may not ask here");
    }
    return std::nullopt;
}

}  // namespace telex::http
