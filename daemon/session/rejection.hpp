#pragma once
// The error for a peer whose credentials were not accepted.
#include "access/credentials.hpp"
#include "broker/close_reason.hpp"
#include "telex/v1/error.pb.h"

#include <string_view>

namespace telex::session {

struct Rejection {
    v1::ErrorCode code = v1::NOT_AUTHENTICATED;
    broker::CloseReason reason = broker::CloseReason::not_authenticated;
    std::string_view text;
};

// Not for AuthResult::authenticated.
Rejection rejection_of(access::AuthResult result);

}  // namespace telex::session
