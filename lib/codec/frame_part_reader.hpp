#pragma once
// Reads the heads of frames that may have several parts (LengthOptions::continuation).
#include "base/bytes.hpp"
#include "codec/framing.hpp"
#include "codec/length_layout.hpp"
#include "codec/scaled_head.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::codec {

class FramePartReader {
public:
    struct Part {
        std::uint64_t body = 0;  // bytes
        bool last = true;        // no other part of the frame follows
    };

    // Requires a binary length.
    explicit FramePartReader(const LengthOptions& options);

    // Size of each head.
    std::size_t head_size() const { return head_size_; }

    // `input` begins with a whole head. Returns nullopt if the length is too small or too large.
    std::optional<Part> read(ByteView input) const;

    // Reads on up to the last part of the frame, or up to what is incomplete or one part too many.
    struct Whole {
        std::size_t parts = 0;  // complete ones
        std::size_t size = 0;   // of these, with their heads
        std::size_t body = 0;   // of these
        bool last = false;      // the last part of the frame is among them
    };

    Whole read_all(ByteView input) const;

private:
    bool is_last(ByteView head, std::uint64_t field) const;

    ScaledHeadReader reader_;
    LengthLayout layout_;
    Continuation continuation_;
    ByteOrder order_;
    std::size_t head_size_;
    std::size_t at_;
    std::size_t width_;
    std::uint64_t bits_;
    std::size_t max_parts_;
};

}  // namespace telex::codec
