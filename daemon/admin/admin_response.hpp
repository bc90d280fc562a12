#pragma once
// The replies of $SYS.admin.* as HTTP responses: JSON, and the status that follows from the code of
// an error.
#include "http/message.hpp"
#include "wire/admin_error.hpp"
#include "wire/proto_json.hpp"

#include <string>

namespace telex::admin {

http::Response json_response(std::string body, unsigned status = 200);
// {"error": MESSAGE, "code": "not_found"}
http::Response error_response(const v1::AdminError& error);

// The same, with the other fields of the reply `json`: those of the report of a failed reload.
http::Response error_response(const v1::AdminError& error, const std::string& json);

template <class Reply>
http::Response response_of(const wire::AdminResult<Reply>& result) {
    if (!result) {
        return error_response(result.error());
    }
    const std::string json = wire::json_object(*result);
    const auto error = wire::error_of(*result);
    return error ? error_response(*error, json) : json_response(json);
}

}  // namespace telex::admin
