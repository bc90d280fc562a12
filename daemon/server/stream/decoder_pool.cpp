#include "server/stream/decoder_pool.hpp"

#include <cassert>
#include <utility>

namespace telex::server {

std::unique_ptr<codec::Decoder> DecoderPool::take(const codec::Framing& framing) {
    for (std::size_t i = spares_.size(); i-- > 0;) {
        if (spares_[i].framing.get() == &framing) {
            std::unique_ptr<codec::Decoder> decoder = std::move(spares_[i].decoder);
            spares_[i] = std::move(spares_.back());
            spares_.pop_back();
            return decoder;
        }
    }
    return nullptr;
}

void DecoderPool::give(
    std::shared_ptr<const codec::Framing> framing, std::unique_ptr<codec::Decoder> decoder
) {
    assert(decoder->is_fresh());
    if (spares_.size() < kMaxSpare) {
        spares_.push_back({std::move(framing), std::move(decoder)});
    }
}

}  // namespace telex::server
