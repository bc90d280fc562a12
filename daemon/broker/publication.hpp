#pragma once
// A message on its way into the exchange.
#include "base/chunk.hpp"
#include "wire/frame_view.hpp"

namespace telex::broker {

struct Publication {
    // `message.body` is the encoded telex.v1.Message, the other fields are views into it. Owned by
    // the caller.
    const wire::MessageView& message;
    // Keeps the body alive beyond the call; null if the bytes are valid during the call only.
    const ChunkRef* owner = nullptr;
};

}  // namespace telex::broker
