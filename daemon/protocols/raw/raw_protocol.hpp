#pragma once
#include "session/protocol.hpp"

namespace telex::session {

extern const Protocol kRawProtocol;

}  // namespace telex::session
