#pragma once
// Puts a framing around outgoing frames.
//
// Most framings only wrap a frame: the frame's bytes are gathered where they are. A framing that
// must see or change the bytes encodes them into a scratch buffer of the reactor.
//
// Has no state: all connections of a listener share it. Thread: any.
#include "base/bytes.hpp"
#include "base/chunk.hpp"
#include "codec/encoder.hpp"
#include "codec/framing.hpp"
#include "session/transport.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::server {

class ReactorBuffers;

// A frame with its framing: four runs of bytes in wire order.
struct FramedParts {
    ByteView prefix;
    ByteView head;
    ByteView body;
    ByteView suffix;
    const ChunkRef* body_owner = nullptr;

    std::size_t size() const { return prefix.size() + head.size() + body.size() + suffix.size(); }
};

class FrameWriter {
public:
    // A reply may consist of several whole frames (codec::encode_reply).
    enum class Content : std::uint8_t { frame, reply };

    // More than any frame has (codec::kMaxFrameBytesCeiling).
    static constexpr std::uint32_t kAnySize = UINT32_MAX;

    // `framing` and `encoder` belong together and outlive this.
    FrameWriter(const codec::Framing& framing, const codec::Encoder& encoder)
        : framing_(framing), encoder_(encoder) {}

    // Fills `parts`, which refer to `frame`, to `wrap` and to the scratch buffers of the reactor:
    // valid until the next call there. `max_bytes`: the largest framed frame that the transport
    // takes, or kAnySize.
    [[nodiscard]] session::SendResult write(
        const session::OutFrame& frame,
        Content content,
        codec::Wrapping& wrap,
        FramedParts& parts,
        ReactorBuffers& buffers,
        std::uint32_t max_bytes
    ) const;

    // The same for a frame whose bytes are not changed. Returns false for others, and for those
    // that cannot be written.
    [[nodiscard]] bool write_in_place(
        const session::OutFrame& frame,
        codec::Wrapping& wrap,
        FramedParts& parts,
        ReactorBuffers& buffers,
        std::uint32_t max_bytes
    ) const {
        return write(frame, Content::frame, wrap, parts, buffers, max_bytes) &&
               parts.body.data() == frame.body.data();
    }

private:
    // Encodes into the scratch buffer.
    [[nodiscard]] Result<ByteView, codec::FrameError> encode(
        const session::OutFrame& frame, Content content, ReactorBuffers& buffers
    ) const;

    const codec::Framing& framing_;
    const codec::Encoder& encoder_;
};

}  // namespace telex::server
