#pragma once
// The meaning of a length field, both ways: from the number on the wire to the size of the body and
// back. All arithmetic is checked 64-bit; the limit is compared after it, by the caller.
#include "codec/framing.hpp"

#include <cstdint>
#include <optional>

namespace telex::codec {

class LengthLayout {
public:
    explicit LengthLayout(const LengthOptions& options);

    // nullopt: the number is below the possible minimum, or overflows.
    std::optional<std::uint64_t> body_of(std::uint64_t field) const {
        std::uint64_t body = 0;
        const bool overflow = bias_ >= 0 ? __builtin_add_overflow(field, magnitude_, &body)
                                         : __builtin_sub_overflow(field, magnitude_, &body);
        return overflow ? std::nullopt : std::optional(body);
    }

    // nullopt: the field cannot express a body of this size.
    std::optional<std::uint64_t> field_of(std::uint64_t body) const;

    // The largest number that fits the field, and the largest body (saturated; nullopt: none).
    std::uint64_t max_field() const { return max_field_; }

    std::optional<std::uint64_t> max_body() const;

private:
    std::int64_t bias_;        // body - field
    std::uint64_t magnitude_;  // |bias_|
    std::uint64_t max_field_;
};

}  // namespace telex::codec
