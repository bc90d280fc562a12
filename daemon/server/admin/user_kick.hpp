#pragma once
// Closes all connections of a user, for an operator.
//
// Thread: the server's.
#include "server/workers/workers.hpp"
#include "telex/v1/admin.pb.h"
#include "wire/admin_error.hpp"

namespace telex::server {

// The reply has the number of connections. Errors: INVALID_ARGUMENT if the request names a
// connection too, NOT_FOUND if the user has none, UNRESPONSIVE.
[[nodiscard]] wire::AdminResult<v1::Kicked> kick_user(Workers& workers, const v1::Kick& request);

}  // namespace telex::server
