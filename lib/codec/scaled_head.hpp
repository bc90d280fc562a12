#pragma once
// Binary length fields that are more than a number of bytes: some bits are flags (ONC RPC, RTCM),
// the unit is a word (RTCP), the head goes on behind the field (FastCGI), or padding follows the
// body (iSCSI). Separate from BinaryHeadReader, which every message passes.
#include "codec/framing.hpp"
#include "codec/length_head.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::codec {

// Returns true if the options need ScaledHeadReader.
bool is_scaled(const LengthOptions& options);

// `width` bytes, in `order`, as a number.
std::uint64_t number_of(ByteView bytes, ByteOrder order);

// Bits of the field that are the length.
std::uint64_t mask_of(const LengthOptions& options);

class ScaledHeadReader {
public:
    static constexpr bool kPads = true;

    explicit ScaledHeadReader(const LengthOptions& options);

    std::size_t min_size() const { return head_size_; }

    // `field` is in bytes.
    LengthHead read(ByteView input) const;

    // Number of bytes between this body and the trailer. `input` begins with the complete head.
    std::size_t padding(ByteView input, std::uint64_t body) const;

private:
    std::size_t at_;
    std::size_t width_;
    ByteOrder order_;
    std::size_t head_size_;
    std::uint64_t mask_;
    std::uint64_t unit_;
    std::uint64_t align_;
    std::size_t padding_at_;
    std::size_t padding_width_;
};

}  // namespace telex::codec
