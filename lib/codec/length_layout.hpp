#pragma once
// The meaning of a length field in both directions: field value, in bytes, to body size and back.
// All arithmetic is checked 64-bit; the caller compares the result with the limit.
#include "codec/framing.hpp"

#include <cstdint>
#include <optional>

namespace telex::codec {

class LengthLayout {
public:
    explicit LengthLayout(const LengthOptions& options);

    // Returns nullopt if the value is below the possible minimum or overflows.
    std::optional<std::uint64_t> body_of(std::uint64_t field) const {
        std::uint64_t body = 0;
        const bool overflow = bias_ >= 0 ? __builtin_add_overflow(field, magnitude_, &body)
                                         : __builtin_sub_overflow(field, magnitude_, &body);
        return overflow ? std::nullopt : std::optional(body);
    }

    // Returns nullopt if the field cannot express a body of this size.
    std::optional<std::uint64_t> field_of(std::uint64_t body) const;

    // The largest value that fits the field, and the largest body (saturated; nullopt if none).
    std::uint64_t max_field() const { return max_field_; }

    std::optional<std::uint64_t> max_body() const;

private:
    std::int64_t bias_;        // body - field
    std::uint64_t magnitude_;  // |bias_|
    std::uint64_t max_field_;
    bool is_scaled_;
    std::uint64_t unit_;         // bytes
    std::uint64_t unused_bits_;  // of the field, if only some are the length
};

}  // namespace telex::codec
