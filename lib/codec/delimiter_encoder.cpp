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
    : start_(framing.delimiter.start),
      reader_(framing.delimiter.ends),
      any_(ends_and_write(framing.delimiter)),
      write_(framing.delimiter.write),
      optional_cr_(framing.delimiter.optional_cr),
      keep_(framing.delimiter.keep),
      refuse_empty_(framing.empty != EmptyFrames::deliver),
      limit_(framing.encode_limit()) {}

Result<void, FrameError> DelimiterEncoder::encode(ByteView payload, std::string& out) const {
    if (payload.size() > limit_) {
        return unexpected(FrameError::too_large);
    }
    const std::size_t before = out.size();
    out.append(start_);
    auto result = keep_ ? append_kept(payload, out) : append_content(payload, out);
    if (result && keep_ && out.size() - before > limit_) {
        result = unexpected(FrameError::too_large);
    }
    if (!result) {
        out.resize(before);
    }
    return result;
}

// The payload may bring its literal and its delimiter.
Result<void, FrameError> DelimiterEncoder::append_kept(ByteView payload, std::string& out) const {
    if (payload.starts_with(start_)) {
        payload.remove_prefix(start_.size());
    }
    std::uint64_t examined = 0;
    const auto match = reader_.find(payload, 0, examined);
    if (!match || match.end != payload.size()) {
        return append_content(payload, out);
    }
    const ByteView content = payload.substr(0, match.start);
    if (refuse_empty_ && (content.empty() || (optional_cr_ && content == "\r"))) {
        return unexpected(FrameError::empty_frame);
    }
    out.append(payload);
    return {};
}

Result<void, FrameError> DelimiterEncoder::append_content(ByteView content, std::string& out)
    const {
    if (content.empty() && refuse_empty_) {
        return unexpected(FrameError::empty_frame);
    }
    if (optional_cr_ && content.ends_with('\r')) {
        return unexpected(FrameError::delimiter_in_payload);
    }
    // Checks content and delimiter together: the end of one and the beginning of the other may form
    // a delimiter ("xa" before "aa").
    const std::size_t before = out.size();
    out.append(content).append(write_);
    std::uint64_t examined = 0;
    const auto match = any_.find(ByteView(out).substr(before), 0, examined);
    if (!match || match.start < content.size()) {
        return unexpected(FrameError::delimiter_in_payload);
    }
    return {};
}

Result<bool, FrameError> DelimiterEncoder::wrap(std::size_t, Wrapping&) const {
    return false;
}

}  // namespace telex::codec
