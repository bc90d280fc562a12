#pragma once
// Heads of self-delimiting values: what the first bytes of a value say about the rest of it.
// Stateless; ValueScan puts the heads together.
#include "base/bytes.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::codec {

struct ValueHead {
    enum class Status : std::uint8_t { complete, incomplete, malformed };
    // The kind of the bytes behind the head.
    enum class Rest : std::uint8_t {
        nothing,  // the value ends here
        bytes,    // `count` bytes
        blob,     // `count` bytes and CR LF
        line,     // bytes up to CR LF
        values,   // `count` values
        items,    // values up to a stop
        pairs,    // an even number of values up to a stop
        chunks,   // strings of this type up to a stop
        stop
    };

    Status status = Status::complete;
    Rest rest = Rest::nothing;
    std::size_t size = 0;  // bytes of the head
    std::uint64_t count = 0;
    // CBOR: the type of a string or of its chunks.
    std::uint8_t type = 0;
    bool is_string = false;
};

// Each requires a byte, and stops at the first wrong one.
ValueHead read_msgpack_head(ByteView input);
ValueHead read_cbor_head(ByteView input);
ValueHead read_resp_head(ByteView input);

}  // namespace telex::codec
