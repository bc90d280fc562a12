#pragma once
// What the query of an HTTP request asks for or orders, in the words of $SYS.admin.
//
// A parameter that a page does not know, that is given twice or whose value is not allowed is an
// INVALID_ARGUMENT that names it and says what is allowed. None is passed over, so that no list is
// taken for another.
#include "http/message.hpp"
#include "wire/admin_error.hpp"

namespace telex::admin {

[[nodiscard]] wire::AdminResult<v1::ListConnections> connections_query(const http::Request& request
);
[[nodiscard]] wire::AdminResult<v1::ListSubscriptions> subscriptions_query(
    const http::Request& request
);
[[nodiscard]] wire::AdminResult<v1::ListSubjects> subjects_query(const http::Request& request);
[[nodiscard]] wire::AdminResult<v1::Kick> kick_order(const http::Request& request);
[[nodiscard]] wire::AdminResult<v1::SetLogLevel> log_level_order(const http::Request& request);
[[nodiscard]] wire::AdminResult<v1::Reload> reload_order(const http::Request& request);
// For pages without parameters.
[[nodiscard]] wire::AdminResult<void> expect_no_query(const http::Request& request);

}  // namespace telex::admin
