#pragma once
// Headers of NATS messages: a block of lines on the wire, name and value elsewhere.
//
//   NATS/1.0[ status[ description]] CR LF
//   *( name ":" [SP] value CR LF )
//   CR LF
//
// A block that append_block() would not write byte for byte stays with its message as it was
// received (Message.header_block), so that NATS clients get the same bytes; other clients get the
// headers that could be read. Source: ADR-4 of the NATS architecture and nats-server 2.9.10, which
// does not look into blocks. Pure functions.
#include "base/bytes.hpp"
#include "wire/frame_view.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace telex::session::nats {

struct ParsedBlock {
    // Views into the block. Lines without a name, and those that are not UTF-8, are left out.
    std::vector<wire::HeaderView> headers;
    // append_block() writes the same bytes.
    bool is_canonical = false;
};

struct BlockLimits {
    std::size_t max_headers = 0;
    std::size_t max_bytes = 0;
};

// Stops after one header more than the limit. A block with more bytes is not read: it has no
// headers, and is not canonical.
ParsedBlock parse_block(ByteView block, const BlockLimits& limits);

// Appends the block of a message with headers. Characters that would end a name or a line are
// replaced: in names by '-', in values by a space.
void append_block(std::string& out, const wire::MessageView& message);

// The block of the message that reports to a requester that no client is subscribed.
inline constexpr ByteView kNoResponders = "NATS/1.0 503\r\n\r\n";

}  // namespace telex::session::nats
