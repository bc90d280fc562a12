#include "codec/delimiter_encoder.hpp"

namespace telex::codec {

namespace {

std::vector<std::string> ends_and_write(const DelimiterOptions& options) {
    std::vector<std::string> all = options.ends;
    all.push_back(options.write);
    return all;
}

}  // namespace

DelimiterEncoder::DelimiterEncoder(const Framing& framing)
    : reader_(framing.delimiter.ends),
      any_(ends_and_write(framing.delimiter)),
      write_(framing.delimiter.write),
      optional_cr_(framing.delimiter.optional_cr),
      keep_(framing.delimiter.keep),
      refuse_empty_(framing.empty != EmptyFrames::deliver),
      limit_(framing.encode_limit()) {}

// keep: the payload includes its delimiter. Returns nullopt if it does not.
std::optional<Result<void, FrameError>> DelimiterEncoder::encode_complete(
    ByteView payload, std::string& out
) const {
    std::uint64_t examined = 0;
    const auto match = reader_.find(payload, 0, examined);
    if (!match || match->end != payload.size()) {
        return std::nullopt;
    }
    const ByteView content = payload.substr(0, match->start);
    if (refuse_empty_ && (content.empty() || (optional_cr_ && content == "\r"))) {
        return unexpected(FrameError::empty_frame);
    }
    out.append(payload);
    return Result<void, FrameError>();
}

Result<void, FrameError> DelimiterEncoder::encode(ByteView payload, std::string& out) const {
    if (payload.size() > limit_) {
        return unexpected(FrameError::too_large);
    }
    if (payload.empty() && refuse_empty_) {
        return unexpected(FrameError::empty_frame);
    }
    if (keep_) {
        if (const auto done = encode_complete(payload, out)) {
            return *done;
        }
        if (write_.size() > limit_ - payload.size()) {
            return unexpected(FrameError::too_large);
        }
    }
    if (optional_cr_ && payload.ends_with('\r')) {
        return unexpected(FrameError::delimiter_in_payload);
    }
    // Checks payload and delimiter together: the end of one and the beginning of the other may form
    // a delimiter ("xa" before "aa").
    const std::size_t before = out.size();
    out.append(payload).append(write_);
    std::uint64_t examined = 0;
    const auto match = any_.find(ByteView(out).substr(before), 0, examined);
    if (!match || match->start < payload.size()) {
        out.resize(before);
        return unexpected(FrameError::delimiter_in_payload);
    }
    return {};
}

Result<bool, FrameError> DelimiterEncoder::wrap(std::size_t, Wrapping&) const {
    return false;
}

}  // namespace telex::codec
