#include "codec/length_encoder.hpp"

#include "codec/length_head.hpp"
#include "codec/scaled_head.hpp"

namespace telex::codec {

namespace {

LengthHead read_head(const LengthOptions& options, ByteView input) {
    switch (options.encoding) {
        case LengthEncoding::binary:
            return is_scaled(options) ? ScaledHeadReader(options).read(input)
                                      : BinaryHeadReader(options).read(input);
        case LengthEncoding::leb128:
            return Leb128HeadReader(options).read(input);
        case LengthEncoding::bcd:
            return BcdHeadReader(options).read(input);
        case LengthEncoding::ber:
            return BerHeadReader(options).read(input);
        case LengthEncoding::decimal:
        case LengthEncoding::hex:
            break;
    }
    return DigitsHeadReader(options).read(input);
}

// A bare varint and the body: protobuf's delimited messages.
bool is_plain_varint(const Framing& framing) {
    const LengthOptions& options = framing.length;
    return options.encoding == LengthEncoding::leb128 && options.at == 0 && options.adjust == 0 &&
           options.trailer.empty() && !options.keep_head && framing.trim.empty();
}

}  // namespace

LengthEncoder::LengthEncoder(const Framing& framing)
    : options_(framing.length),
      layout_(framing.length),
      longest_tail_(std::string(framing.length.align - 1U, '\0') + framing.length.trailer),
      trim_(framing.trim),
      limit_(framing.encode_limit()),
      refuse_empty_(framing.empty != EmptyFrames::deliver),
      head_fits_wrapping_(max_head_bytes(framing.length) <= kMaxHeadBytes),
      is_plain_varint_(is_plain_varint(framing) && limit_ <= layout_.max_field()) {}

Result<std::uint64_t, FrameError> LengthEncoder::field_of(std::size_t body) const {
    if (body > limit_) {
        return unexpected(FrameError::too_large);
    }
    if (body == 0 && refuse_empty_) {
        return unexpected(FrameError::empty_frame);
    }
    const auto field = layout_.field_of(body);
    if (!field) {
        return unexpected(FrameError::unrepresentable);
    }
    return *field;
}

ByteView LengthEncoder::tail_of(std::size_t body) const {
    if (options_.align == 1) {
        return longest_tail_;
    }
    const std::size_t beyond = body % options_.align;
    const std::size_t padding = beyond == 0 ? 0 : options_.align - beyond;
    return ByteView(longest_tail_).substr(options_.align - 1U - padding);
}

// Of protobuf's delimited messages, which nearly every delivery is. Returns false if it is another.
inline bool LengthEncoder::fill_plain_varint(std::size_t body, Wrapping& wrapping) const {
    if (!is_plain_varint_ || body > limit_ || body == 0) [[unlikely]] {
        return false;
    }
    wrapping.clear();
    write_leb128(body, wrapping);
    return true;
}

Result<bool, FrameError> LengthEncoder::wrap(std::size_t payload_size, Wrapping& wrapping) const {
    if (fill_plain_varint(payload_size, wrapping)) [[likely]] {
        return true;
    }
    if (options_.keep_head || !trim_.empty() || !head_fits_wrapping_) {
        return false;
    }
    if (const auto filled = fill(payload_size, wrapping); !filled) {
        return unexpected(filled.error());
    }
    return true;
}

// Requires a head that fits.
Result<void, FrameError> LengthEncoder::fill(std::size_t body, Wrapping& wrapping) const {
    if (fill_plain_varint(body, wrapping)) {
        return {};
    }
    const auto field = field_of(body);
    if (!field) {
        return unexpected(field.error());
    }
    write_head(options_, *field, wrapping);
    wrapping.tail = tail_of(body);
    return {};
}

Result<void, FrameError> LengthEncoder::encode(ByteView payload, std::string& out) const {
    if (options_.keep_head) {
        return encode_with_own_head(payload, out);
    }
    if (!head_fits_wrapping_) {
        return encode_with_long_head(payload, out);
    }
    Wrapping wrapping;
    if (const auto filled = fill(payload.size(), wrapping); !filled) {
        return filled;
    }
    if (trim_.shortens(payload)) {
        return unexpected(FrameError::delimiter_in_payload);
    }
    out.append(wrapping.head()).append(payload).append(wrapping.tail);
    return {};
}

Result<void, FrameError> LengthEncoder::encode_with_long_head(ByteView payload, std::string& out)
    const {
    const auto field = field_of(payload.size());
    if (!field) {
        return unexpected(field.error());
    }
    if (trim_.shortens(payload)) {
        return unexpected(FrameError::delimiter_in_payload);
    }
    append_head(options_, *field, out);
    out.append(payload).append(tail_of(payload.size()));
    return {};
}

// The payload contains its own length: it must be correct, or the reader would lose the boundary.
Result<void, FrameError> LengthEncoder::encode_with_own_head(ByteView payload, std::string& out)
    const {
    if (payload.size() > limit_) {
        return unexpected(FrameError::too_large);
    }
    if (!payload.starts_with(options_.head)) {
        return unexpected(FrameError::bad_start);
    }
    const LengthHead head = read_head(options_, payload);
    if (head.status != LengthHead::Status::complete) {
        return unexpected(FrameError::bad_length);
    }
    const auto body = layout_.body_of(head.field);
    if (!body || *body != payload.size() - head.size) {
        return unexpected(FrameError::bad_length);
    }
    out.append(payload);
    if (is_scaled(options_)) {
        out.append(ScaledHeadReader(options_).padding(payload, *body), '\0');
    }
    out.append(options_.trailer);
    return {};
}

}  // namespace telex::codec
