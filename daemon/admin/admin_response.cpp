#include "admin/admin_response.hpp"

#include "base/json_text.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace telex::admin {

namespace {

std::string text_of(const nlohmann::json& body) {
    return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

nlohmann::json error_body(const v1::AdminError& error) {
    return {{"error", error.message()}, {"code", std::string(wire::traits_of(error.code()).name)}};
}

}  // namespace

http::Response json_response(std::string body, unsigned status) {
    body = escape_json_controls(std::move(body)) + '\n';
    return {status, "application/json", std::move(body), {}};
}

http::Response error_response(const v1::AdminError& error) {
    return json_response(text_of(error_body(error)), wire::traits_of(error.code()).http_status);
}

http::Response error_response(const v1::AdminError& error, const std::string& json) {
    auto body = nlohmann::json::parse(json);
    body.erase("problem");
    body.update(error_body(error));
    return json_response(text_of(body), wire::traits_of(error.code()).http_status);
}

}  // namespace telex::admin
