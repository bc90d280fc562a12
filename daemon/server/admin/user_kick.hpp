#pragma once
// Closes all connections of a user, for an operator.
//
// Thread: the server's.
#include "server/workers/workers.hpp"
#include "telex/v1/admin.pb.h"
#include "wire/admin_error.hpp"

#include <cstdint>

namespace telex::server {

struct KickResult {
    v1::Kicked reply;  // with the number of connections, that of the caller included
    // That of the caller is one of them, and still open: it has to get the reply first.
    bool own_is_left = false;
};

// `own`: the caller's connection; 0 without one. Errors: INVALID_ARGUMENT if the request names a
// connection too, NOT_FOUND if the user has none, UNRESPONSIVE.
[[nodiscard]] wire::AdminResult<KickResult> kick_user(
    Workers& workers, const v1::Kick& request, std::uint64_t own
);

}  // namespace telex::server
