#pragma once
// Ends each command of a NATS server with CR LF. The session writes all before it.
#include "codec/encoder.hpp"

#include <cstddef>
#include <memory>

namespace telex::session::nats {

// For Protocol::make_encoder. `max_payload_bytes`: of messages from the listener's own clients; one
// from another listener may be longer by its headers.
std::unique_ptr<codec::Encoder> make_command_encoder(std::size_t max_payload_bytes);

}  // namespace telex::session::nats
