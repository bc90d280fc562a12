#pragma once
#include "session/protocol.hpp"

namespace telex::session::raw {

extern const Protocol raw_protocol;

}  // namespace telex::session::raw
