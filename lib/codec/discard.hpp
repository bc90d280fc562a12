#pragma once
// What happens to frames over the limit: the stream ends (close), or they are skipped (discard) as
// long as not too many bytes in a row are wasted.
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::codec {

class DiscardBudget {
public:
    explicit DiscardBudget(const Framing& framing)
        : total_(framing.oversize == Oversize::discard ? framing.discard_budget : 0),
          left_(total_) {}

    // Spends `bytes`; false when there are not as many: the stream must end. With Oversize::close
    // nothing can be spent.
    [[nodiscard]] bool spend(std::uint64_t bytes) {
        if (total_ == 0 || bytes > left_) {
            return false;
        }
        left_ -= bytes;
        return true;
    }

    // A good frame arrived.
    void refill() { left_ = total_; }

private:
    std::uint64_t total_;
    std::uint64_t left_;
};

}  // namespace telex::codec
