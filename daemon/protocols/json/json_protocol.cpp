#include "protocols/json/json_protocol.hpp"

#include "protocols/json/json_session.hpp"

namespace telex::session::native {

const Protocol json_protocol{
    .name = "json",
    .summary = "the native protocol's frames as JSON, one per line: for people and scripts",
    .default_framing = "lines",
    .alpn = "telex-json",
    .can =
        {.has_hello = true,
         .client_subscribes = true,
         .client_requests = true,
         .has_headers = true,
         .reports_errors = true,
         .content = FrameContent::text},
    .make = make_session<JsonSession>,
};

}  // namespace telex::session::native
