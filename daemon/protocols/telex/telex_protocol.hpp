#pragma once
#include "session/protocol.hpp"

namespace telex::session {

extern const Protocol kTelexProtocol;

}  // namespace telex::session
