#pragma once
#include "session/protocol.hpp"

namespace telex::session {

extern const Protocol telex_protocol;

}  // namespace telex::session
