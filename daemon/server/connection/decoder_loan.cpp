#include "server/connection/decoder_loan.hpp"

#include <utility>

namespace telex::server {

DecoderLoan::DecoderLoan(FrameReader& reader, const ListenerSettingsPtr& settings, bool packets)
    : reader_(reader), settings_(settings), packets_(packets) {
    if (!reader_.has_decoder()) {
        auto decoder = reader_.buffers().decoders().take(settings_->framing(packets_));
        reader_.borrow_decoder(decoder ? std::move(decoder) : settings_->make_decoder(packets_));
    }
}

DecoderLoan::~DecoderLoan() {
    if (auto decoder = reader_.release_decoder()) {
        reader_.buffers().decoders().give(
            {settings_, &settings_->framing(packets_)}, std::move(decoder)
        );
    }
}

}  // namespace telex::server
