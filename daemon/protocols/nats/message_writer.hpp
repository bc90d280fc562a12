#pragma once
// Encodes the message of a PUB or HPUB as telex.v1.Message: what the exchange routes, and what
// clients of all protocols get. Pure functions.
#include "base/bytes.hpp"
#include "protocols/nats/header_block.hpp"
#include "wire/frame_view.hpp"

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

// Replaces `body`, into which the result has views. The strings must be UTF-8. Over the limits
// the result has one header too many, or the block that is too long.
wire::MessageView write_message(
    std::string& body, const PublishArguments& arguments, const BlockLimits& limits
);

}  // namespace telex::session::nats
