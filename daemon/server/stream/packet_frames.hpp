#pragma once
// The frames of one packet after the other. No frame goes on in the next packet: what is left at
// the end of a packet ends like a stream (codec::Decoder::finish).
//
//   begin(packet) -> next(): frame or lost, while is_open()
//                         -> error: the rest of the packet is dropped
//                         -> done: only fillers were left
//
// Owner: a datagram socket. No I/O.
#include "base/bytes.hpp"
#include "codec/decoder.hpp"

#include <cstdint>
#include <memory>

namespace telex::server {

class PacketFrames {
public:
    struct Step {
        enum class Kind : std::uint8_t {
            done,   // nothing is left
            frame,  // `payload` is valid until the next call
            lost,   // a frame over the limit was skipped
            error,  // the rest of the packet cannot be decoded
        };

        Kind kind = Kind::done;
        codec::FrameError error = codec::FrameError::too_large;
        ByteView payload{};
    };

    explicit PacketFrames(const codec::Framing& framing)
        : framing_(framing), decoder_(codec::make_decoder(framing)) {}

    // `packet` must remain valid until the payload of its last frame is no longer used.
    void begin(ByteView packet);

    // From begin() until nothing of the packet is left.
    bool is_open() const { return open_; }

    Step next();

private:
    Step finish();

    codec::Framing framing_;
    std::unique_ptr<codec::Decoder> decoder_;
    ByteView rest_;
    bool open_ = false;
    bool between_ = true;  // the decoder is between two frames
    bool spent_ = false;   // the next packet needs a new decoder
};

}  // namespace telex::server
