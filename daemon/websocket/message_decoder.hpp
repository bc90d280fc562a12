#pragma once
// One message is one frame. Reads the data frames that FrameInput has left: without masks, and each
// right by itself. Fragments are joined under the limit of the framing, which must be of kind
// `datagram`: its `trim` and `empty` apply to messages as to packets.
#include "codec/datagram.hpp"
#include "codec/decoder.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::websocket {

class MessageDecoder final : public codec::Decoder {
public:
    explicit MessageDecoder(const codec::Framing& framing);

    codec::DecodeStep decode(ByteView input) override;
    codec::DecodeStep finish(ByteView rest) override;
    void release() override;
    void limit_payload(std::size_t max_bytes) override;

private:
    codec::DecodeStep end_message(ByteView input);
    ByteView join(ByteView input);

    codec::DatagramDecoder content_;
    codec::EmptyFrames empty_;
    std::size_t extra_;  // bytes that `trim` may remove
    std::size_t max_message_;
    std::size_t limit_;
    // Of the message at the front of the input: its whole fragments.
    std::size_t end_ = 0;      // of the last of them
    std::size_t payload_ = 0;  // without the heads
    std::size_t fragments_ = 0;
    std::uint64_t examined_heads_ = 0;
    std::string joined_;
};

}  // namespace telex::websocket
