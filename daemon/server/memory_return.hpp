#pragma once
// Decides when freed memory of queues is returned to the system. The allocator keeps freed memory
// for the next queue, which is right while queues are in use; after a single peak it would be kept
// forever.
//
// Owner and thread: one.
#include <algorithm>
#include <cstddef>

namespace telex::server {

class MemoryReturn {
public:
    // Less is not worth it.
    static constexpr std::size_t kLeast = 4U << 20U;
    // Memory that is needed again within this time is kept.
    static constexpr unsigned kSeconds = 4;

    // Call once a second, with the maximum bytes that queues held in this second. Returns true if
    // the queues have needed much less than before for a while.
    [[nodiscard]] bool is_due(std::size_t peak) {
        if (peak + kLeast > high_) {
            high_ = std::max(high_, peak);
            quiet_ = 0;
            low_ = 0;
            return false;
        }
        low_ = std::max(low_, peak);
        if (++quiet_ < kSeconds) {
            return false;
        }
        high_ = low_;
        quiet_ = 0;
        low_ = 0;
        return true;
    }

private:
    std::size_t high_ = 0;  // what the allocator may still hold
    std::size_t low_ = 0;   // the most of the quiet seconds
    unsigned quiet_ = 0;
};

}  // namespace telex::server
