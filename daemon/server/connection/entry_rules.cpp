#include "server/connection/entry_rules.hpp"

namespace telex::server {

namespace {

constexpr Rejection too_many(std::string_view text) {
    return {v1::TOO_MANY_CONNECTIONS, session::CloseReason::too_many_connections, text};
}

}  // namespace

std::optional<Rejection> check_entry(const EntryFacts& facts) {
    if (!facts.has_slot) {
        return too_many("the listener has reached its limit of connections");
    }
    if (facts.needs_pre_auth && !facts.is_in_pre_auth) {
        return too_many("too many connections, of this network or of all, are not authenticated");
    }
    if (facts.result == access::AuthResult::authenticated || facts.can_authenticate) {
        return std::nullopt;
    }
    if (facts.result == access::AuthResult::too_many) {
        return too_many("the user has reached its limit of connections");
    }
    return Rejection{
        v1::NOT_AUTHENTICATED,
        session::CloseReason::not_authenticated,
        "authentication required: the peer does not match any user"
    };
}

}  // namespace telex::server
