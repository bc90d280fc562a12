#pragma once
// A message on its way to a client.
#include "base/chunk.hpp"
#include "wire/frame_view.hpp"

#include <cstdint>
#include <string_view>

namespace telex::broker {

struct Delivery {
    std::uint64_t subscription = 0;    // the client's id; 0 for a reply
    const wire::MessageView& message;  // owned by the caller
    // Where replies go: the reply subject of a request, or message.reply, or what the publisher
    // asked for by PublishOptions. Empty: the publisher expects none.
    std::string_view reply_to;
    // Keeps message.body alive beyond the call; null if it is valid during the call only.
    const ChunkRef* owner = nullptr;
    // Of the subscription, for session::Transport::send_delivery; 0: it may not be dropped later.
    std::uint64_t key = 0;
};

// A record of a stream on its way to a member of a consumer. Owned by the caller; valid during the
// call.
struct StoredDelivery {
    std::uint64_t subscription = 0;  // the client's id
    std::string_view subject;        // that it is stored under
    ByteView body;                   // an encoded v1::Message, scanned before
    wire::Position position;
};

}  // namespace telex::broker
