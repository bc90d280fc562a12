#pragma once
// A message that outlives the read that brought it: its bytes owned or referenced, and the views
// into them moved along.
#include "base/allocated.hpp"
#include "base/chunk.hpp"
#include "broker/delivery.hpp"
#include "wire/frame_view.hpp"

#include <cstddef>
#include <string>

namespace telex::exchange {

// The same views over another place of the same bytes.
wire::MessageView rebase(const wire::MessageView& message, ByteView moved_body);

struct StoredMessage {
    SharedBytes body;
    wire::MessageView message;
    std::string reply_to;

    // Keeps `message`: by reference if the body is most of what `owner` would keep alive, else as a
    // copy.
    static StoredMessage keep(
        const wire::MessageView& message, const ChunkRef* owner, std::string_view reply_to
    );

    // Memory that it keeps beside itself. A body that others refer to, too, counts in full.
    std::size_t memory() const;

    broker::Delivery delivery(std::uint64_t subscription, std::uint64_t key) const {
        return {subscription, message, reply_to, &body.owner, key};
    }
};

}  // namespace telex::exchange
