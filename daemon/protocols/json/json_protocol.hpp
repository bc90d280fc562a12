#pragma once
#include "session/protocol.hpp"

namespace telex::session {

extern const Protocol kJsonProtocol;

}  // namespace telex::session
