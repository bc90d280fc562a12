#include "server/stream/packet_frames.hpp"

namespace telex::server {

using Kind = codec::DecodeStep::Kind;

void PacketFrames::begin(ByteView packet) {
    if (spent_) {
        decoder_ = codec::make_decoder(framing_);
        spent_ = false;
    }
    rest_ = packet;
    open_ = true;
    between_ = true;
}

PacketFrames::Step PacketFrames::next() {
    while (open_ && !rest_.empty()) {
        const codec::DecodeStep decoded = decoder_->decode(rest_);
        rest_.remove_prefix(decoded.consumed);
        between_ = decoded.kind == Kind::frame;
        if (between_) {
            open_ = !rest_.empty();
            return {.kind = Step::Kind::frame, .payload = decoded.payload};
        }
        if (decoded.kind == Kind::need_more) {
            return finish();
        }
        if (decoded.kind == Kind::error) {
            spent_ = true;
            open_ = false;
            return {.kind = Step::Kind::error, .error = decoded.error};
        }
        if (decoded.lost) {
            return {.kind = Step::Kind::lost};
        }
    }
    if (open_ && !between_) {
        return finish();
    }
    open_ = false;
    return {};
}

// The decoder stays for the payload; the next packet gets a new one.
PacketFrames::Step PacketFrames::finish() {
    const codec::DecodeStep last = decoder_->finish(rest_);
    rest_ = {};
    between_ = true;
    spent_ = true;
    open_ = false;
    if (last.kind == Kind::frame) {
        return {.kind = Step::Kind::frame, .payload = last.payload};
    }
    if (last.kind == Kind::error) {
        return {.kind = Step::Kind::error, .error = last.error};
    }
    return last.lost ? Step{.kind = Step::Kind::lost} : Step{};
}

}  // namespace telex::server
