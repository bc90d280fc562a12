#pragma once
// Decoders that no connection needs at the moment: each borrows one while it reads, and keeps it
// only within a frame.
//
// Owner and thread: one reactor's buffers.
#include "codec/decoder.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace telex::server {

class DecoderPool {
public:
    // More are given back to the allocator.
    static constexpr std::size_t kMaxSpare = 16;

    // Returns null if there is none of this framing.
    std::unique_ptr<codec::Decoder> take(const codec::Framing& framing);
    // `decoder`: fresh, of this framing and its payload limit.
    void give(
        std::shared_ptr<const codec::Framing> framing, std::unique_ptr<codec::Decoder> decoder
    );

    std::size_t size() const { return spares_.size(); }

    // About once a second: a framing that is no longer used must not stay alive.
    void clear() { spares_.clear(); }

private:
    struct Spare {
        // Kept alive: its address is the key.
        std::shared_ptr<const codec::Framing> framing;
        std::unique_ptr<codec::Decoder> decoder;
    };

    std::vector<Spare> spares_;
};

}  // namespace telex::server
