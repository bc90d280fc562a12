#include "codec/dot_decoder.hpp"

#include "base/byte_scan.hpp"
#include "codec/stuffing.hpp"

#include <algorithm>

namespace telex::codec {

namespace {

// At the end of the input: they may begin the end of the frame.
constexpr std::size_t kHeldBack = Dot::kEnd.size() - 1;
constexpr ByteView kLineOfOneDot = Dot::kEnd.substr(2);

}  // namespace

DecodeStep DotDecoder::decode(ByteView input) {
    while (scanned_ < input.size()) {
        const std::size_t line_feed = find_byte(input, scanned_, '\n');
        if (line_feed == input.size()) {
            examined_ += line_feed - scanned_;
            scanned_ = line_feed;
            break;
        }
        examined_ += line_feed + 1 - scanned_;
        scanned_ = line_feed + 1;
        if (const auto content = content_before(input, line_feed)) {
            scanned_ = 0;
            return terminated(input.substr(0, *content), line_feed + 1);
        }
    }
    return unterminated(input);
}

// Returns the size of the content if this line feed ends the frame.
std::optional<std::size_t> DotDecoder::content_before(ByteView input, std::size_t line_feed) {
    examined_ += std::min(line_feed, kHeldBack);
    const ByteView seen = input.substr(0, line_feed + 1);
    if (seen.ends_with(Dot::kEnd)) {
        return seen.size() - Dot::kEnd.size();
    }
    return seen == kLineOfOneDot && !outcome_.discarding() ? std::optional<std::size_t>(0)
                                                           : std::nullopt;
}

DecodeStep DotDecoder::terminated(ByteView stuffed, std::size_t consumed) {
    if (outcome_.discarding() || stuffed.size() > Dot::max_stuffed(outcome_.limit())) {
        return outcome_.give_up(stuffed.size(), consumed, true);
    }
    examined_ += stuffed.size();
    return outcome_.deliver(Dot::unstuff(stuffed, outcome_.scratch()), stuffed.size(), consumed);
}

DecodeStep DotDecoder::unterminated(ByteView input) {
    const std::size_t content = input.size() - std::min(input.size(), kHeldBack);
    const bool overlong = content > Dot::max_stuffed(outcome_.limit());
    if (content == 0 || (!outcome_.discarding() && !overlong)) {
        outcome_.release_scratch();
        return DecodeStep::make_need_more(input.size() + 1);
    }
    scanned_ -= content;
    return outcome_.give_up(content, content, false);
}

DecodeStep DotDecoder::finish(ByteView rest) {
    return rest.empty() && !outcome_.discarding() ? DecodeStep::make_need_more(0)
                                                  : DecodeStep::make_error(FrameError::truncated);
}

}  // namespace telex::codec
