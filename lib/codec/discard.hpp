#pragma once
// Handles frames over the limit: end the stream (close) or skip them (discard) within a budget of
// bytes discarded in a row.
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::codec {

// Returns true if some frames are discarded instead of closing the connection.
inline bool discards(const Framing& framing) {
    return framing.oversize == Oversize::discard ||
           (framing.kind == FramingKind::stuffed && framing.damaged == Damaged::discard);
}

class DiscardBudget {
public:
    explicit DiscardBudget(const Framing& framing)
        : total_(discards(framing) ? framing.discard_budget : 0), left_(total_) {}

    // Spends `bytes`. Returns false if the budget is exceeded: the stream must end. With
    // Oversize::close the budget is zero.
    [[nodiscard]] bool spend(std::uint64_t bytes) {
        if (total_ == 0 || bytes > left_) {
            return false;
        }
        left_ -= bytes;
        return true;
    }

    // A good frame resets the budget.
    void refill() { left_ = total_; }

    bool is_full() const { return left_ == total_; }

private:
    std::uint64_t total_;
    std::uint64_t left_;
};

}  // namespace telex::codec
