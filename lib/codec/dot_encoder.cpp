#include "codec/dot_encoder.hpp"

#include "codec/stuffing.hpp"

namespace telex::codec {

namespace {

bool has_whole_line_ends(ByteView text) {
    for (std::size_t at = text.find_first_of("\r\n"); at != ByteView::npos;
         at = text.find_first_of("\r\n", at + 2)) {
        if (text.substr(at, 2) != "\r\n") {
            return false;
        }
    }
    return true;
}

}  // namespace

Result<void, FrameError> DotEncoder::encode(ByteView payload, std::string& out) const {
    if (payload.size() > limit_) {
        return unexpected(FrameError::too_large);
    }
    if (payload.empty() && refuse_empty_) {
        return unexpected(FrameError::empty_frame);
    }
    if (!has_whole_line_ends(payload)) {
        return unexpected(FrameError::delimiter_in_payload);
    }
    Dot::stuff(payload, out);
    out.append(payload.empty() ? Dot::kEnd.substr(2) : Dot::kEnd);
    return {};
}

}  // namespace telex::codec
