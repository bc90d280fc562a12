#pragma once
// A message on its way into the exchange.
#include "base/chunk.hpp"
#include "wire/frame_view.hpp"

#include <cstdint>
#include <string_view>

namespace telex::broker {

struct Publication {
    // `message.body` is the encoded telex.v1.Message, the other fields are views into it. Owned by
    // the caller.
    const wire::MessageView& message;
    // Keeps the body alive beyond the call; null if the bytes are valid during the call only.
    const ChunkRef* owner = nullptr;
};

// How a publication differs from an ordinary one.
struct PublishOptions {
    // The subject that the message is routed by; subscribers see message.subject all the same.
    // Empty: message.subject.
    std::string_view route_by;
    // Where replies go; presented as Delivery::reply_to. Empty: message.reply.
    std::string_view reply_to;
    // Not 0: Client::on_published reports the outcome under this id.
    std::uint64_t confirmation = 0;
    // Subscriptions of the publisher with SubscriptionSpec::no_echo get it as well: it is a reply
    // of the exchange to the publisher.
    bool echoes = false;
    // Not 0: a stream must store it; Client::on_stored reports the outcome under this id.
    std::uint64_t durable = 0;
};

}  // namespace telex::broker
