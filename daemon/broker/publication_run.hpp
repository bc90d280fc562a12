#pragma once
// Consecutive publications of one client to one subject, without reply subject and headers: what
// holds for the first, its checks and its route, holds for all of them.
#include "base/bytes.hpp"
#include "base/chunk.hpp"
#include "wire/frame_view.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace telex::broker {

// Views, owned by the caller.
struct PublicationRun {
    std::string_view subject;
    std::span<const wire::PlainMessage> messages;
    // Keeps the bodies alive beyond the call; null if they are valid during the call only.
    const ChunkRef* owner = nullptr;

    wire::MessageView message(std::size_t index) const {
        return messages[index].view(subject.size());
    }

    // Without the first ones.
    PublicationRun from(std::size_t count) const {
        return {subject, messages.subspan(count), owner};
    }

    PublicationRun first(std::size_t count) const {
        return {subject, messages.first(count), owner};
    }
};

// A run on its way to a client.
struct RunDelivery {
    std::uint64_t subscription = 0;  // the client's id
    const PublicationRun& run;
    std::uint64_t key = 0;  // of the subscription
};

}  // namespace telex::broker
