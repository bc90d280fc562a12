#pragma once
#include "session/protocol.hpp"

namespace telex::session::native {

extern const Protocol json_protocol;

}  // namespace telex::session::native
