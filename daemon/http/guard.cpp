#include "http/guard.hpp"

#include "base/json_text.hpp"

#include <nlohmann/json.hpp>

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

Response error_response(const Refusal& refusal) {
    Response response = error_response(refusal.status, refusal.text);
    response.fields = refusal.fields;
    return response;
}

std::optional<Response> Guard::refuse(const Request& request) const {
    if (request.has_body) {
        return error_response(400, "a request here has no body");
    }
    // Browsers cannot connect to a unix socket.
    if (!request.local && !own_.knows(request.host)) {
        return error_response(
            421, "the Host field names another server; http.hosts lists the names that are known"
        );
    }
    const bool foreign_origin = !request.origin.empty() && !own_.is_origin(request.origin);
    if (foreign_origin || (is_of_other_site(request) && !follows_link(request))) {
        return error_response(403, "a page of another site may not ask here");
    }
    return std::nullopt;
}

}  // namespace telex::http
