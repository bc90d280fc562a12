#include "session/rejection.hpp"

namespace telex::session {

Rejection rejection_of(access::AuthResult result) {
    switch (result) {
        case access::AuthResult::busy:
            return {
                v1::AUTHENTICATION_BUSY,
                broker::CloseReason::not_authenticated,
                "too many authentication attempts; try again later"
            };
        case access::AuthResult::insecure_channel:
            return {
                v1::NOT_AUTHENTICATED,
                broker::CloseReason::not_authenticated,
                "passwords and tokens are accepted over TLS, unix sockets and loopback only"
            };
        case access::AuthResult::too_many:
            return {
                v1::TOO_MANY_CONNECTIONS,
                broker::CloseReason::too_many_connections,
                "the user has reached its limit of connections"
            };
        case access::AuthResult::refused:
        case access::AuthResult::authenticated:
            break;
    }
    // One text for all causes: a client cannot find out which users exist.
    return {
        v1::NOT_AUTHENTICATED,
        broker::CloseReason::not_authenticated,
        "the credentials match no user"
    };
}

}  // namespace telex::session
