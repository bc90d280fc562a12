#include "codec/validate_continuation.hpp"

#include "codec/length_head.hpp"
#include "codec/length_layout.hpp"
#include "codec/scaled_head.hpp"

#include <fmt/format.h>

#include <limits>

namespace telex::codec {

namespace {

Problem check_continuation_bits(const LengthOptions& length) {
    const bool has_bits =
        length.continuation == Continuation::last || length.continuation == Continuation::more;
    if (!has_bits) {
        return length.continuation_bits.empty()
                   ? std::nullopt
                   : Problem("length.continuation_bits belongs to continuation last and more only");
    }
    if (length.continuation_bits.size() != length.width) {
        return fmt::format(
            "length.continuation_bits must have as many bytes as the field: {}, not {}",
            length.width,
            length.continuation_bits.size()
        );
    }
    const std::uint64_t bits = number_of(length.continuation_bits, length.order);
    const std::uint64_t taken = mask_of(length) | number_of(length.flags, length.order);
    if (bits == 0 || (bits & taken) != 0) {
        return "length.continuation_bits must be bits that are in neither length.mask nor "
               "length.flags";
    }
    return std::nullopt;
}

}  // namespace

Problem check_continuation(const Framing& framing) {
    const LengthOptions& length = framing.length;
    if (auto problem = check_continuation_bits(length)) {
        return problem;
    }
    if (length.continuation == Continuation::none) {
        return std::nullopt;
    }
    if (length.encoding != LengthEncoding::binary) {
        return "length.continuation belongs to a binary length only";
    }
    if (!length.head.empty() || !length.trailer.empty() || length.align != 1 ||
        length.padding_width > 0 || !framing.trim.empty()) {
        return "length.continuation is impossible with head, trailer, padding and trim: a part "
               "is a head and a body";
    }
    if (length.parts < 1 || length.parts > kMaxParts) {
        return fmt::format("length.parts must be 1 to {}", kMaxParts);
    }
    if (!LengthLayout(length).field_of(0)) {
        return "length.continuation needs a length that can announce an empty part: adjust is too "
               "large";
    }
    return std::nullopt;
}

std::uint64_t largest_continued(const LengthOptions& length) {
    constexpr std::uint64_t kSaturated = std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t body = LengthLayout(length).max_body().value_or(0);
    // The last part of `full` is shorter than the others.
    const std::uint64_t missing = length.continuation == Continuation::full ? length.unit : 0;
    const std::uint64_t head = length.keep_head ? max_head_bytes(length) : 0;
    std::uint64_t all = 0;
    if (__builtin_add_overflow(body, head, &all) ||
        __builtin_mul_overflow(all, length.parts, &all)) {
        return kSaturated;
    }
    return all - std::min(all, missing);
}

}  // namespace telex::codec
