#pragma once
#include "session/protocol.hpp"

namespace telex::session {

extern const Protocol raw_protocol;

}  // namespace telex::session
