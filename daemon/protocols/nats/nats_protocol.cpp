#include "protocols/nats/nats_protocol.hpp"

#include "protocols/nats/command_decoder.hpp"
#include "protocols/nats/command_encoder.hpp"
#include "protocols/nats/nats_options.hpp"
#include "protocols/nats/nats_session.hpp"

#include <memory>

namespace telex::session::nats {

namespace {

// nats-server's. Programs write a hundred thousand messages to themselves before they read one.
constexpr std::size_t kMaxPendingBytes = 64U << 20U;

std::unique_ptr<codec::Decoder> make_command_decoder(std::size_t max_payload_bytes) {
    return std::make_unique<CommandDecoder>(max_payload_bytes);
}

}  // namespace

const Protocol nats_protocol{
    .name = "nats",
    .summary = "the protocol of NATS: for clients and programs that were written for nats-server",
    .default_framing = "",
    .alpn = "",
    .can =
        {.has_hello = true,
         .client_subscribes = true,
         .client_requests = true,
         .has_headers = true,
         .reports_errors = true,
         .looks_like = {codec::OtherProtocol::nats},
         .packets = false,
         .content = FrameContent::binary},
    .max_pending_bytes = kMaxPendingBytes,
    .make = make_session<NatsSession>,
    .make_decoder = make_command_decoder,
    .make_encoder = make_command_encoder,
    .option_rows = nats_option_rows,
    .check_listener = check_nats_listener,
};

}  // namespace telex::session::nats
