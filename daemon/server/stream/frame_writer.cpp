#include "server/stream/frame_writer.hpp"

#include "codec/whole_frames.hpp"
#include "server/stream/reactor_buffers.hpp"

#include <string>

namespace telex::server {

namespace {

tl::unexpected<session::SendFault> not_written(codec::FrameError error) {
    return session::not_sent(session::reason_of(error), error);
}

// Copies only if both parts have bytes.
ByteView join(const session::OutFrame& frame, std::string& scratch) {
    if (frame.head.empty()) {
        return frame.body;
    }
    if (frame.body.empty()) {
        return frame.head;
    }
    scratch.assign(frame.head);
    scratch.append(frame.body);
    return scratch;
}

}  // namespace

session::SendResult FrameWriter::write(
    const session::OutFrame& frame,
    Content content,
    codec::Wrapping& wrap,
    FramedParts& parts,
    ReactorBuffers& buffers,
    std::uint32_t max_bytes
) const {
    const auto wrapped = encoder_.wrap(frame.head.size() + frame.body.size(), wrap);
    if (!wrapped) {
        return not_written(wrapped.error());
    }
    if (*wrapped) [[likely]] {
        parts = {wrap.head(), frame.head, frame.body, wrap.tail, frame.body_owner};
    } else {
        const auto encoded = encode(frame, content, buffers);
        if (!encoded) {
            return not_written(encoded.error());
        }
        parts = {*encoded, {}, {}, {}, nullptr};
    }
    // The kernel refuses a larger packet every time: the caller must not queue it.
    if (parts.size() > max_bytes) {
        return not_written(codec::FrameError::too_large);
    }
    return {};
}

Result<ByteView, codec::FrameError> FrameWriter::encode(
    const session::OutFrame& frame, Content content, ReactorBuffers& buffers
) const {
    ReactorBuffers::Scratch& scratch = buffers.scratch();
    const ByteView payload = join(frame, scratch.joined);
    scratch.encoded.clear();
    const auto encoded = content == Content::reply
                             ? codec::encode_reply(framing_, encoder_, payload, scratch.encoded)
                             : encoder_.encode(payload, scratch.encoded);
    if (!encoded) {
        return unexpected(encoded.error());
    }
    return ByteView(scratch.encoded);
}

}  // namespace telex::server
