#include "codec/length_layout.hpp"

#include "codec/scaled_head.hpp"

#include <limits>

namespace telex::codec {

namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

// Saturated.
std::uint64_t power(std::uint64_t base, unsigned exponent) {
    std::uint64_t product = 1;
    for (unsigned i = 0; i < exponent; ++i) {
        if (__builtin_mul_overflow(product, base, &product)) {
            return kMax;
        }
    }
    return product;
}

std::uint64_t largest_in_bytes(const LengthOptions& options) {
    std::uint64_t bytes = 0;
    return __builtin_mul_overflow(mask_of(options), options.unit, &bytes) ? kMax : bytes;
}

std::uint64_t largest_field(const LengthOptions& options) {
    const auto largest_of = [&](std::uint64_t base) {
        const std::uint64_t values = power(base, options.width);
        return values == kMax ? kMax : values - 1;
    };
    switch (options.encoding) {
        case LengthEncoding::binary:
            return largest_in_bytes(options);
        case LengthEncoding::ber:
            return largest_of(256);
        case LengthEncoding::leb128:
            return largest_of(128);
        case LengthEncoding::decimal:
            return largest_of(10);
        case LengthEncoding::hex:
            return largest_of(16);
        case LengthEncoding::bcd:
            break;
    }
    return largest_of(100);
}

// Number of bytes besides the body that the field counts.
std::int64_t counted_besides_body(const LengthOptions& options) {
    const std::size_t head = options.head_size > 0 ? options.head_size : options.at + options.width;
    const auto head_and_trailer = static_cast<std::int64_t>(head + options.trailer.size());
    switch (options.counts) {
        case LengthCounts::body:
            return 0;
        case LengthCounts::from_field:
            return head_and_trailer - options.at;
        case LengthCounts::frame:
            return head_and_trailer;
    }
    return 0;
}

}  // namespace

LengthLayout::LengthLayout(const LengthOptions& options)
    : bias_(options.adjust - counted_besides_body(options)),
      magnitude_(static_cast<std::uint64_t>(bias_ >= 0 ? bias_ : -bias_)),
      max_field_(largest_field(options)),
      is_scaled_(is_scaled(options)),
      unit_(options.unit),
      unused_bits_(~mask_of(options)) {}

std::optional<std::uint64_t> LengthLayout::field_of(std::uint64_t body) const {
    std::uint64_t field = 0;
    const bool overflow = bias_ >= 0 ? __builtin_sub_overflow(body, magnitude_, &field)
                                     : __builtin_add_overflow(body, magnitude_, &field);
    if (overflow || field > max_field_) {
        return std::nullopt;
    }
    if (is_scaled_ && (field % unit_ != 0 || ((field / unit_) & unused_bits_) != 0)) {
        return std::nullopt;
    }
    return field;
}

std::optional<std::uint64_t> LengthLayout::max_body() const {
    if (bias_ >= 0 && max_field_ > kMax - magnitude_) {
        return kMax;
    }
    return body_of(max_field_);
}

}  // namespace telex::codec
