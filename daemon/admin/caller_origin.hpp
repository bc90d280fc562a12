#pragma once
// Where the command of an operator came from, for the log.
#include "exchange/admin_handler.hpp"

#include <string>

namespace telex::admin {

// The field `from`: the number of the connection, or "http".
inline std::string origin_of(const exchange::Caller& caller) {
    return caller.connection == 0 ? "http" : std::to_string(caller.connection);
}

}  // namespace telex::admin
