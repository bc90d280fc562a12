#include "codec/delimiter_encoder.hpp"

#include "codec/skipped_bytes.hpp"

#include <type_traits>

namespace telex::codec {

namespace {

DelimiterOptions with_write(DelimiterOptions options) {
    options.ends.push_back(options.write);
    return options;
}

template <class Search>
Search search_of(const DelimiterOptions& options, std::size_t nesting) {
    if constexpr (std::is_same_v<Search, DelimiterSearch>) {
        return DelimiterSearch(options.ends);
    } else {
        return Search(options, nesting);
    }
}

}  // namespace

template <class Search>
BasicDelimiterEncoder<Search>::BasicDelimiterEncoder(const Framing& framing)
    : start_(framing.delimiter.start),
      skip_(framing.delimiter.skip),
      reader_(search_of<Search>(framing.delimiter, framing.nesting)),
      any_(search_of<Search>(with_write(framing.delimiter), framing.nesting)),
      write_(framing.delimiter.write),
      optional_cr_(framing.delimiter.optional_cr),
      keep_(framing.delimiter.keep),
      refuse_empty_(framing.empty != EmptyFrames::deliver),
      limit_(framing.encode_limit()) {}

template <class Search>
inline Result<void, FrameError> BasicDelimiterEncoder<Search>::append_content(
    ByteView content, std::string& out
) const {
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
    const auto match = any_.first_in(ByteView(out.data() + before, out.size() - before));
    if (!match || match.start < content.size()) {
        return unexpected(FrameError::delimiter_in_payload);
    }
    return {};
}

template <class Search>
Result<void, FrameError> BasicDelimiterEncoder<Search>::encode(ByteView payload, std::string& out)
    const {
    if (payload.size() > limit_) {
        return unexpected(FrameError::too_large);
    }
    const std::size_t before = out.size();
    if (!start_.empty()) [[unlikely]] {
        append_start(payload, out);
    }
    auto result = keep_ ? append_kept(payload, out) : append_content(payload, out);
    if (result && keep_ && out.size() - before > limit_) {
        result = unexpected(FrameError::too_large);
    }
    if (!result) {
        out.resize(before);
    }
    return result;
}

// A kept payload may begin with bytes that the reader passes over.
template <class Search>
void BasicDelimiterEncoder<Search>::append_start(ByteView& payload, std::string& out) const {
    if (keep_) {
        ByteView rest = payload;
        rest.remove_prefix(leading(payload, skip_));
        if (rest.starts_with(start_)) {
            out.append(payload.data(), payload.size() - rest.size());
            payload = rest;
        }
    }
    out.append(start_);
}

// The payload may bring its literal and its delimiter.
template <class Search>
Result<void, FrameError> BasicDelimiterEncoder<Search>::append_kept(
    ByteView payload, std::string& out
) const {
    if (payload.starts_with(start_)) {
        payload.remove_prefix(start_.size());
    }
    const auto match = reader_.first_in(payload);
    if (!match || match.end != payload.size()) {
        // The bytes behind it, such as a checksum, are not known here.
        return reader_.has_bytes_behind() ? unexpected(FrameError::bad_trailer)
                                          : append_content(payload, out);
    }
    const ByteView content = payload.substr(0, match.start);
    if (refuse_empty_ && (content.empty() || (optional_cr_ && content == "\r"))) {
        return unexpected(FrameError::empty_frame);
    }
    out.append(payload);
    return {};
}

template <class Search>
Result<bool, FrameError> BasicDelimiterEncoder<Search>::wrap(std::size_t, Wrapping&) const {
    return false;
}

template class BasicDelimiterEncoder<DelimiterSearch>;
template class BasicDelimiterEncoder<DelimiterContext>;

}  // namespace telex::codec
