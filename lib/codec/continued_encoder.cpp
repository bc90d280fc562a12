#include "codec/continued_encoder.hpp"

#include "codec/length_head.hpp"

namespace telex::codec {

namespace {

// The options of parts with or without the bits.
LengthOptions with_bits(LengthOptions options, bool set) {
    if (options.flags.empty()) {
        options.flags.assign(options.width, '\0');
    }
    for (std::size_t i = 0; set && i < options.continuation_bits.size(); ++i) {
        options.flags[i] = static_cast<char>(options.flags[i] | options.continuation_bits[i]);
    }
    return options;
}

}  // namespace

ContinuedEncoder::ContinuedEncoder(const Framing& framing)
    : more_(with_bits(framing.length, framing.length.continuation == Continuation::more)),
      last_(with_bits(framing.length, framing.length.continuation == Continuation::last)),
      layout_(framing.length),
      reader_(framing.length),
      max_part_(layout_.max_body().value_or(0)),
      limit_(framing.encode_limit()),
      refuse_empty_(framing.empty != EmptyFrames::deliver),
      head_fits_wrapping_(reader_.head_size() <= kMaxHeadBytes) {}

Result<void, FrameError> ContinuedEncoder::check_size(std::size_t payload_size) const {
    if (payload_size > limit_) {
        return unexpected(FrameError::too_large);
    }
    return payload_size == 0 && refuse_empty_ ? unexpected(FrameError::empty_frame)
                                              : Result<void, FrameError>();
}

// A part with the rest of the payload would not be the last one, or cannot be written.
bool ContinuedEncoder::needs_another(std::size_t payload_size) const {
    return payload_size > max_part_ ||
           (payload_size == max_part_ && last_.continuation == Continuation::full);
}

Result<void, FrameError> ContinuedEncoder::encode(ByteView payload, std::string& out) const {
    if (last_.keep_head) {
        return encode_with_own_heads(payload, out);
    }
    if (auto checked = check_size(payload.size()); !checked) {
        return checked;
    }
    const std::size_t before = out.size();
    while (needs_another(payload.size())) {
        append_head(more_, *layout_.field_of(max_part_), out);
        out.append(payload.substr(0, max_part_));
        payload.remove_prefix(max_part_);
    }
    const auto field = layout_.field_of(payload.size());
    if (!field) {
        out.resize(before);
        return unexpected(FrameError::unrepresentable);
    }
    append_head(last_, *field, out);
    out.append(payload);
    return {};
}

Result<bool, FrameError> ContinuedEncoder::wrap(std::size_t payload_size, Wrapping& wrapping)
    const {
    if (last_.keep_head || !head_fits_wrapping_) {
        return false;
    }
    if (const auto checked = check_size(payload_size); !checked) {
        return unexpected(checked.error());
    }
    if (needs_another(payload_size)) {
        return false;
    }
    const auto field = layout_.field_of(payload_size);
    if (!field) {
        return unexpected(FrameError::unrepresentable);
    }
    wrapping.clear();
    write_head(last_, *field, wrapping);
    return true;
}

// The payload contains the heads of its parts: they must be correct, or the reader would lose the
// boundary.
Result<void, FrameError> ContinuedEncoder::encode_with_own_heads(ByteView payload, std::string& out)
    const {
    if (payload.size() > limit_) {
        return unexpected(FrameError::too_large);
    }
    const FramePartReader::Whole whole = reader_.read_all(payload);
    if (whole.size == payload.size() && whole.last) {
        out.append(payload);
        return {};
    }
    const bool too_many = !whole.last && whole.parts == last_.parts;
    return unexpected(too_many ? FrameError::too_large : FrameError::bad_length);
}

}  // namespace telex::codec
