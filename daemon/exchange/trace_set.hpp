#pragma once
#include <cstdint>

namespace telex::exchange {

// Which traces (Tracer) follow a message or a member: bit N is the one in slot N.
using TraceSet = std::uint8_t;

}  // namespace telex::exchange
