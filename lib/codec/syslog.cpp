#include "codec/syslog.hpp"

#include "codec/digits.hpp"

namespace telex::codec {

namespace {

Framing counted_part(Framing framing) {
    framing.length = syslog_octet_count();
    return framing;
}

}  // namespace

LengthOptions syslog_octet_count() {
    LengthOptions options;
    options.encoding = LengthEncoding::decimal;
    options.width = 10;
    options.terminator = " ";
    return options;
}

SyslogDecoder::SyslogDecoder(const Framing& framing)
    : counted_(counted_part(framing)), lines_(framing) {}

void SyslogDecoder::limit_payload(std::size_t max_bytes) {
    counted_.limit_payload(max_bytes);
    lines_.limit_payload(max_bytes);
}

DecodeStep SyslogDecoder::decode(ByteView input) {
    if (mode_ == Mode::between_frames) {
        if (input.empty()) {
            return DecodeStep::make_need_more(1);
        }
        mode_ = is_digit(input.front()) ? Mode::counted : Mode::line;
    }
    const bool counted = mode_ == Mode::counted;
    const DecodeStep step = counted ? counted_.decode(input) : lines_.decode(input);
    examined_ = counted_.examined() + lines_.examined();
    if (step.consumed > 0 && (counted ? counted_.between_frames() : lines_.between_frames())) {
        mode_ = Mode::between_frames;
        share_budget(counted);
    }
    return step;
}

// What is wasted in a row, and what is good in between, is so in either notation.
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
            return lines_.finish(rest);
        case Mode::between_frames:
            break;
    }
    return DecodeStep::make_need_more(0);
}

Result<void, FrameError> SyslogLineEncoder::encode(ByteView payload, std::string& out) const {
    if (!payload.empty() && is_digit(payload.front())) {
        return unexpected(FrameError::unrepresentable);
    }
    return lines_.encode(payload, out);
}

Result<bool, FrameError> SyslogLineEncoder::wrap(std::size_t size, Wrapping& wrapping) const {
    return lines_.wrap(size, wrapping);
}

}  // namespace telex::codec
