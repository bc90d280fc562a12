#pragma once
// Encodes the message of a PUB or HPUB as telex.v1.Message: what the exchange routes, and what
// clients of all protocols get. Pure functions.
#include "base/bytes.hpp"
#include "wire/frame_view.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace telex::session::nats {

// The arguments of PUB and HPUB, and what follows the line. Views.
struct PublishArguments {
    std::string_view subject;
    std::string_view reply;
    ByteView header_block;
    ByteView payload;
};

// Replaces `body`, into which the result has views. The strings must be UTF-8. With more headers
// than `max_headers` the result counts one more than that.
wire::MessageView write_message(
    std::string& body, const PublishArguments& arguments, std::size_t max_headers
);

}  // namespace telex::session::nats
