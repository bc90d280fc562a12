#pragma once
#include "session/protocol.hpp"

namespace telex::session::native {

extern const Protocol telex_protocol;

}  // namespace telex::session::native
