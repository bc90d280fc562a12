#pragma once
// The protocol of NATS clients, for protocols/registry.
#include "session/protocol.hpp"

namespace telex::session::nats {

extern const Protocol nats_protocol;

}  // namespace telex::session::nats
