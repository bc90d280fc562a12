#pragma once
// Whether a connection is taken at all. No I/O.
#include "access/users.hpp"
#include "session/transport.hpp"
#include "telex/v1/error.pb.h"

#include <optional>
#include <string_view>

namespace telex::server {

struct EntryFacts {
    bool has_slot = false;        // of its listener
    bool needs_pre_auth = false;  // the session does not know the peer yet
    bool is_in_pre_auth = false;  // and there was room for it among those
    access::AuthResult result = access::AuthResult::refused;
    bool can_authenticate = false;  // the peer may still show credentials
};

struct Rejection {
    v1::ErrorCode code;
    session::CloseReason reason;
    std::string_view text;  // static
};

// Returns nothing if the connection is taken.
[[nodiscard]] std::optional<Rejection> check_entry(const EntryFacts& facts);

}  // namespace telex::server
