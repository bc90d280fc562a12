#include "codec/whole_frames.hpp"

#include "codec/decoder.hpp"

namespace telex::codec {

bool brings_boundaries(const Framing& both) {
    const Framing& framing = both.written();
    return (framing.kind == FramingKind::length && framing.length.keep_head) ||
           (framing.kind == FramingKind::delimiter && framing.delimiter.keep) ||
           (framing.kind == FramingKind::headers && framing.headers.keep_head) ||
           framing.kind == FramingKind::value;
}

Result<void, FrameError> check_whole_frames(const Framing& framing, ByteView bytes) {
    // As the peer reads it: a skipped frame would never reach it.
    Framing reader = framing.written();
    reader.max_frame_bytes = reader.encode_limit();
    reader.first = {};
    reader.oversize = Oversize::close;
    if (reader.empty == EmptyFrames::ignore) {
        reader.empty = EmptyFrames::error;
    }
    if (bytes.empty()) {
        return unexpected(FrameError::empty_frame);
    }
    if (validate(reader)) {
        return unexpected(FrameError::too_large);  // no frame is within the limit for writing
    }
    const auto decoder = make_decoder(reader);
    while (!bytes.empty()) {
        const DecodeStep step = decoder->decode(bytes);
        switch (step.kind) {
            case DecodeStep::Kind::frame:
                break;
            case DecodeStep::Kind::need_more:
                return unexpected(FrameError::truncated);
            case DecodeStep::Kind::skip:
                if (reader.kind != FramingKind::delimiter || reader.delimiter.skip.empty()) {
                    return unexpected(FrameError::empty_frame);
                }
                break;  // bytes that the peer passes over
            case DecodeStep::Kind::error:
                return unexpected(step.error);
        }
        bytes.remove_prefix(step.consumed);
    }
    return {};
}

Result<void, FrameError> encode_reply(
    const Framing& framing, const Encoder& encoder, ByteView payload, std::string& out
) {
    auto single = encoder.encode(payload, out);
    if (single || !brings_boundaries(framing) || !check_whole_frames(framing, payload)) {
        return single;
    }
    encoder.append_whole(payload, out);
    return {};
}

}  // namespace telex::codec
