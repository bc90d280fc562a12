#pragma once
// Messages of libnats: built from the arguments of a command, and described in events and results.
#include "support/harness_report.hpp"

#include <nats/nats.h>

#include <memory>
#include <string>

namespace telex::nats_harness {

using harness::Json;

struct FreeMessage {
    void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
};

using Message = std::unique_ptr<natsMsg, FreeMessage>;

// `subject`, `reply`, `payload` or `size`, `headers`.
Message message_of(const Json& arguments);
std::string payload_of(natsMsg* message);
// Sets `subject`, `reply`, `payload`, `size` and `headers`.
Json describe(natsMsg* message);
// Sends a copy of a message, without its reply subject, to another subject.
natsStatus send_copy(natsConnection* connection, natsMsg* message, const std::string& subject);

}  // namespace telex::nats_harness
