#pragma once
// The head of a length-prefixed frame that was read already: a block of headers.
#include "codec/length_head.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::codec {

class KnownHead {
public:
    // The next frame has another head.
    static constexpr bool kOnce = true;

    explicit KnownHead(const LengthOptions& /*options*/) {}

    void assign(std::size_t size, std::uint64_t body) {
        head_ = {
            .status = LengthHead::Status::complete,
            .size = static_cast<std::uint32_t>(size),
            .field = body
        };
    }

    std::size_t min_size() const { return 1; }

    LengthHead read(ByteView /*input*/) const { return head_; }

private:
    LengthHead head_;
};

}  // namespace telex::codec
