#include "codec/syslog.hpp"

#include "codec/digits.hpp"

#include <algorithm>

namespace telex::codec {

namespace {

constexpr std::uint8_t kMostDigits = 10;

Framing counted_part(Framing framing) {
    framing.length = syslog_octet_count();
    return framing;
}

}  // namespace

LengthOptions syslog_octet_count() {
    LengthOptions options;
    options.encoding = LengthEncoding::decimal;
    options.width = kMostDigits;
    options.terminator = " ";
    return options;
}

SyslogStart syslog_start(ByteView input) {
    for (std::size_t i = 0; i < input.size(); ++i) {
        if (!is_digit(input[i])) {
            return i > 0 && input[i] == ' ' ? SyslogStart::count : SyslogStart::line;
        }
        if (i == kMostDigits || (i == 1 && input[0] == '0')) {
            return SyslogStart::line;
        }
    }
    return SyslogStart::undecided;
}

SyslogDecoder::SyslogDecoder(const Framing& framing)
    : counted_(counted_part(framing)), lines_(framing, DelimiterSearch(framing.delimiter.ends)) {}

void SyslogDecoder::limit_payload(std::size_t max_bytes) {
    counted_.limit_payload(max_bytes);
    lines_.limit_payload(max_bytes);
}

DecodeStep SyslogDecoder::decode(ByteView input) {
    if (mode_ == Mode::between_frames) {
        beginnings_ += std::min<std::size_t>(input.size(), kMostDigits + 1);
        const SyslogStart start = syslog_start(input);
        if (start == SyslogStart::undecided) {
            count_examined();
            return DecodeStep::make_need_more(input.size() + 1);
        }
        mode_ = start == SyslogStart::count ? Mode::counted : Mode::line;
    }
    const bool counted = mode_ == Mode::counted;
    const DecodeStep step = counted ? counted_.decode(input) : lines_.decode(input);
    count_examined();
    if (step.consumed > 0 && (counted ? counted_.between_frames() : lines_.between_frames())) {
        mode_ = Mode::between_frames;
        share_budget(counted);
    }
    return step;
}

// The discard budget covers both notations.
void SyslogDecoder::share_budget(bool counted) {
    if (counted) {
        lines_.discard_budget() = counted_.discard_budget();
    } else {
        counted_.discard_budget() = lines_.discard_budget();
    }
}

DecodeStep SyslogDecoder::finish(ByteView rest) {
    switch (mode_) {
        case Mode::counted:
            return counted_.finish(rest);
        case Mode::line:
        case Mode::between_frames:  // digits without a space after them
            break;
    }
    return lines_.finish(rest);
}

Result<void, FrameError> SyslogLineEncoder::encode(ByteView payload, std::string& out) const {
    std::string beginning(payload.substr(0, kMostDigits + 1));
    beginning += write_;
    if (syslog_start(beginning) != SyslogStart::line) {
        return unexpected(FrameError::unrepresentable);
    }
    return lines_.encode(payload, out);
}

Result<bool, FrameError> SyslogLineEncoder::wrap(std::size_t size, Wrapping& wrapping) const {
    return lines_.wrap(size, wrapping);
}

}  // namespace telex::codec
