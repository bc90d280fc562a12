#pragma once
// The answers of $SYS.admin.* as HTTP responses: JSON, and the status that belongs to an error's
// code.
#include "http/message.hpp"
#include "wire/admin_error.hpp"
#include "wire/proto_json.hpp"

#include <string>

namespace telex::admin {

// 500 for a code that this version does not know.
unsigned http_status(v1::AdminError::Code code);

http::Response json_response(std::string body, unsigned status = 200);
// {"error": MESSAGE, "code": "not_found"}
http::Response error_response(const v1::AdminError& error);

template <class Answer>
http::Response response_of(const wire::AdminResult<Answer>& result) {
    return result ? json_response(wire::json_object(*result)) : error_response(result.error());
}

// A refused reload has its changes and diagnostics beside the error.
http::Response response_of(const v1::ReloadReport& report);

}  // namespace telex::admin
