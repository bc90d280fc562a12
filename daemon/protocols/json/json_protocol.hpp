#pragma once
#include "session/protocol.hpp"

namespace telex::session {

extern const Protocol json_protocol;

}  // namespace telex::session
