#include "protocols/telex/telex_protocol.hpp"

#include "protocols/telex/telex_session.hpp"

namespace telex::session::native {

const Protocol telex_protocol{
    .name = "telex",
    .summary = "the native protocol: protobuf frames, requests, subscriptions, flow control",
    .default_framing = "protobuf-delimited",
    .alpn = "telex",
    .can =
        {.has_hello = true,
         .client_subscribes = true,
         .client_requests = true,
         .has_headers = true,
         .reports_errors = true,
         .looks_like = {codec::OtherProtocol::telex},
         .content = FrameContent::binary},
    .make = make_session<TelexSession>,
};

}  // namespace telex::session::native
