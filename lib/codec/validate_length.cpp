#include "codec/validate_length.hpp"

#include "codec/digits.hpp"
#include "codec/framing_names.hpp"
#include "codec/length_head.hpp"
#include "codec/length_layout.hpp"
#include "codec/scaled_head.hpp"
#include "codec/validate_continuation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace telex::codec {

namespace {

constexpr std::int32_t kMaxAdjust = 65'535;
constexpr unsigned kMaxUnit = 4'096;
constexpr unsigned kMaxAlign = 64;
constexpr unsigned kMaxPaddingWidth = 2;

struct EncodingFacts {
    LengthEncoding encoding;
    unsigned most;  // largest width
    std::string_view unit;
};

constexpr std::array kEncodings = {
    EncodingFacts{LengthEncoding::binary, 8, "bytes"},
    EncodingFacts{LengthEncoding::leb128, 10, "bytes"},
    EncodingFacts{LengthEncoding::decimal, 19, "digits"},
    EncodingFacts{LengthEncoding::hex, 16, "digits"},
    EncodingFacts{LengthEncoding::bcd, 9, "bytes"},
    EncodingFacts{LengthEncoding::ber, 8, "bytes"},
};

Problem check_width(const LengthOptions& length) {
    const auto& facts = *std::ranges::find(kEncodings, length.encoding, &EncodingFacts::encoding);
    if (length.width < 1 || length.width > facts.most) {
        using Name = NamedValue<LengthEncoding>;
        return fmt::format(
            "length.width of a {} length must be 1 to {} {}, not {}",
            std::ranges::find(kLengthEncodingNames, length.encoding, &Name::value)->name,
            facts.most,
            facts.unit,
            length.width
        );
    }
    return std::nullopt;
}

Problem check_terminator(const LengthOptions& length) {
    if (length.terminator.empty()) {
        return std::nullopt;
    }
    if (!has_digits(length)) {
        return "length.terminator belongs to decimal and hex lengths only";
    }
    if (digit_value(length.terminator.front()) <
        (length.encoding == LengthEncoding::hex ? 16U : 10U)) {
        return "length.terminator must not begin with a digit";
    }
    if (length.terminator.size() > kMaxLiteralBytes) {
        return fmt::format("length.terminator has more than {} bytes", kMaxLiteralBytes);
    }
    return std::nullopt;
}

Problem check_head(const LengthOptions& length) {
    if (length.head.size() > kMaxLiteralBytes) {
        return fmt::format("length.head has more than {} bytes", kMaxLiteralBytes);
    }
    if (length.head.size() > length.at) {
        return fmt::format(
            "length.at: {} is inside of length.head, which has {} bytes",
            length.at,
            length.head.size()
        );
    }
    return std::nullopt;
}

Problem check_bits(const LengthOptions& length) {
    for (const auto& [name, bits] : {std::pair("mask", &length.mask), {"flags", &length.flags}}) {
        if (!bits->empty() && bits->size() != length.width) {
            return fmt::format(
                "length.{} must have as many bytes as the field: {}, not {}",
                name,
                length.width,
                bits->size()
            );
        }
    }
    if (mask_of(length) == 0) {
        return "length.mask, length.flags and length.continuation_bits leave no bit for the length";
    }
    if ((mask_of(length) & number_of(length.flags, length.order)) != 0) {
        return "length.flags has bits of length.mask, which are the length";
    }
    return std::nullopt;
}

Problem check_padding(const LengthOptions& length) {
    if (length.align < 1 || length.align > kMaxAlign) {
        return fmt::format("length.align must be 1 to {} bytes", kMaxAlign);
    }
    if (length.padding_width > kMaxPaddingWidth) {
        return fmt::format("length.padding_width must be 0 to {} bytes", kMaxPaddingWidth);
    }
    const std::size_t padding_end = std::size_t{length.padding_at} + length.padding_width;
    const std::size_t field_end = std::size_t{length.at} + length.width;
    const bool before = length.padding_at >= length.head.size() && padding_end <= length.at;
    const bool behind = length.padding_at >= field_end && padding_end <= length.head_size;
    if (length.padding_width > 0 && !before && !behind) {
        return "length.padding_at must be in the head, outside of length.head and of the field";
    }
    const bool pads = length.padding_width > 0 || length.align > 1;
    if (pads && length.counts != LengthCounts::body) {
        return "a length that counts more than the body cannot be combined with padding";
    }
    return std::nullopt;
}

// Options of binary fields only.
Problem check_scaled(const LengthOptions& length) {
    if (!is_scaled(length)) {
        return std::nullopt;
    }
    if (length.encoding != LengthEncoding::binary) {
        return "length.head_size, mask, flags, continuation, unit, align and padding belong to a "
               "binary length only";
    }
    if (length.unit < 1 || length.unit > kMaxUnit) {
        return fmt::format("length.unit must be 1 to {} bytes", kMaxUnit);
    }
    if (length.head_size > 0 && length.head_size < length.at + length.width) {
        return fmt::format(
            "length.head_size: {} ends before the length field does", length.head_size
        );
    }
    if (auto problem = check_bits(length)) {
        return problem;
    }
    return check_padding(length);
}

Problem check_encoding(const LengthOptions& length) {
    const bool has_notations = has_digits(length) || !has_fixed_width(length);
    if (!length.canonical && !has_notations) {
        return "length.canonical: false belongs to leb128, ber, decimal and hex lengths only";
    }
    if (length.order != ByteOrder::big && length.encoding != LengthEncoding::binary) {
        return "length.order: little belongs to a binary length only";
    }
    if (length.counts != LengthCounts::body && !has_fixed_width(length)) {
        return "a length field of variable size can count the body only";
    }
    return std::nullopt;
}

Problem check_sizes(const Framing& framing) {
    const LengthOptions& length = framing.length;
    if (max_head_bytes(length) > kMaxLengthHeadBytes) {
        return fmt::format(
            "length.at, length.width and length.terminator are {} bytes together; at most {} are "
            "possible",
            max_head_bytes(length),
            kMaxLengthHeadBytes
        );
    }
    if (length.trailer.size() > kMaxLiteralBytes) {
        return fmt::format("length.trailer has more than {} bytes", kMaxLiteralBytes);
    }
    if (length.adjust < -kMaxAdjust || length.adjust > kMaxAdjust) {
        return fmt::format("length.adjust must be -{0} to {0}", kMaxAdjust);
    }
    if (!LengthLayout(length).max_body()) {
        return "no value of the length field leaves room for a body";
    }
    if (length.keep_head && !framing.trim.empty()) {
        return "trim is impossible with length.keep_head: the kept length would be wrong";
    }
    if (length.keep_head && framing.max_frame_bytes < max_head_bytes(length)) {
        return "max_frame is shorter than the head that length.keep_head puts into it";
    }
    return std::nullopt;
}

Problem check_expressible(const Framing& framing, std::string_view what, std::size_t limit) {
    const std::uint64_t largest = largest_payload(framing);
    if (limit > largest) {
        return fmt::format(
            "{} is {} bytes, but the length field can express {} at most", what, limit, largest
        );
    }
    return std::nullopt;
}

}  // namespace

Problem check_length(const Framing& framing) {
    for (const auto check :
         {check_width, check_terminator, check_encoding, check_head, check_scaled}) {
        if (auto problem = check(framing.length)) {
            return problem;
        }
    }
    if (auto problem = check_sizes(framing)) {
        return problem;
    }
    if (auto problem = check_continuation(framing)) {
        return problem;
    }
    if (auto problem = check_expressible(framing, "max_frame", framing.max_frame_bytes)) {
        return problem;
    }
    return check_expressible(framing, "max_encode", framing.encode_limit());
}

}  // namespace telex::codec
