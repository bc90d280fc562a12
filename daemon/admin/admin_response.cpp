#include "admin/admin_response.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace telex::admin {

namespace {

std::string text_of(const nlohmann::json& body) {
    return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

nlohmann::json error_body(const v1::AdminError& error) {
    return {{"error", error.message()}, {"code", std::string(wire::name_of(error.code()))}};
}

}  // namespace

unsigned http_status(v1::AdminError::Code code) {
    switch (code) {
        case v1::AdminError::INVALID_ARGUMENT:
            return 400;
        case v1::AdminError::NOT_FOUND:
            return 404;
        case v1::AdminError::INVALID_CONFIGURATION:
        case v1::AdminError::NEEDS_RESTART:
        case v1::AdminError::CANNOT_APPLY:
            return 409;
        case v1::AdminError::LIMIT_REACHED:
            return 429;
        case v1::AdminError::SHUTTING_DOWN:
        case v1::AdminError::UNRESPONSIVE:
            return 503;
        default:
            return 500;
    }
}

http::Response json_response(std::string body, unsigned status) {
    body += '\n';
    return {status, "application/json", std::move(body), {}};
}

http::Response error_response(const v1::AdminError& error) {
    return json_response(text_of(error_body(error)), http_status(error.code()));
}

http::Response error_response(const v1::AdminError& error, const std::string& json) {
    auto body = nlohmann::json::parse(json);
    body.erase("problem");
    body.update(error_body(error));
    return json_response(text_of(body), http_status(error.code()));
}

}  // namespace telex::admin
