#include "codec/headers_encoder.hpp"

#include <string>

namespace telex::codec {

HeadersEncoder::HeadersEncoder(const Framing& framing)
    : options_(framing.headers),
      before_length_(options_.write_head + options_.lengths.front() + ": "),
      refuse_empty_(framing.empty != EmptyFrames::deliver),
      limit_(framing.encode_limit()) {}

Result<void, FrameError> HeadersEncoder::encode(ByteView payload, std::string& out) const {
    if (payload.size() > limit_) {
        return unexpected(FrameError::too_large);
    }
    if (options_.keep_head) {
        return encode_with_own_head(payload, out);
    }
    if (payload.empty() && refuse_empty_) {
        return unexpected(FrameError::empty_frame);
    }
    out.append(before_length_).append(std::to_string(payload.size())).append("\r\n\r\n");
    out.append(payload).append(options_.trailer);
    return {};
}

// The payload contains its own length: it must be correct, or the reader would lose the boundary.
Result<void, FrameError> HeadersEncoder::encode_with_own_head(ByteView payload, std::string& out)
    const {
    HeaderBlock block(options_);
    std::uint64_t examined = 0;
    const auto complete = block.read(payload, examined);
    if (!complete) {
        return unexpected(complete.error());
    }
    if (!*complete) {
        return unexpected(FrameError::bad_header);
    }
    const ByteView body = payload.substr(block.size());
    if (block.body() && *block.body() != body.size()) {
        return unexpected(FrameError::bad_length);
    }
    if (!block.body()) {
        if (auto checked = check_body_without_length(body); !checked) {
            return checked;
        }
    }
    out.append(payload).append(options_.trailer);
    return {};
}

Result<void, FrameError> HeadersEncoder::check_body_without_length(ByteView body) const {
    switch (options_.without) {
        case WithoutLength::empty:
            if (body.empty()) {
                return {};
            }
            break;
        case WithoutLength::trailer: {
            // The end of the body and the beginning of the trailer may form a trailer.
            const std::string read = std::string(body) + options_.trailer;
            if (read.find(options_.trailer) == body.size()) {
                return {};
            }
            return unexpected(FrameError::delimiter_in_payload);
        }
        case WithoutLength::error:
        case WithoutLength::close:
            break;
    }
    return unexpected(FrameError::bad_length);
}

}  // namespace telex::codec
