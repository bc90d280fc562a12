#include "codec/length_layout.hpp"

#include <limits>

namespace telex::codec {

namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

std::uint64_t largest_field(const LengthOptions& options) {
    switch (options.encoding) {
        case LengthEncoding::binary:
            return options.width >= 8 ? kMax : (std::uint64_t{1} << (8U * options.width)) - 1;
        case LengthEncoding::leb128:
            return options.width >= 10 ? kMax : (std::uint64_t{1} << (7U * options.width)) - 1;
        case LengthEncoding::decimal:
            break;
    }
    std::uint64_t power = 1;
    for (unsigned digit = 0; digit < options.width && digit < 19; ++digit) {
        power *= 10;
    }
    return power - 1;
}

// Number of bytes besides the body that the field counts.
std::int64_t counted_besides_body(const LengthOptions& options) {
    const auto field_and_trailer = static_cast<std::int64_t>(options.width) +
                                   static_cast<std::int64_t>(options.trailer.size());
    switch (options.counts) {
        case LengthCounts::body:
            return 0;
        case LengthCounts::from_field:
            return field_and_trailer;
        case LengthCounts::frame:
            return field_and_trailer + options.at;
    }
    return 0;
}

}  // namespace

LengthLayout::LengthLayout(const LengthOptions& options)
    : bias_(options.adjust - counted_besides_body(options)),
      magnitude_(static_cast<std::uint64_t>(bias_ >= 0 ? bias_ : -bias_)),
      max_field_(largest_field(options)) {}

std::optional<std::uint64_t> LengthLayout::field_of(std::uint64_t body) const {
    std::uint64_t field = 0;
    const bool overflow = bias_ >= 0 ? __builtin_sub_overflow(body, magnitude_, &field)
                                     : __builtin_add_overflow(body, magnitude_, &field);
    if (overflow || field > max_field_) {
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
