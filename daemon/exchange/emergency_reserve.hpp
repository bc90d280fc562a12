#pragma once
// Memory that is reserved for the moment at which the system has no more: an allocation that fails
// takes a part of it and succeeds, so that no work stops half done. At the end of the turn the
// connection with the largest queue is closed (OverloadManager), and the reserve is refilled.
//
// Address space only: it is never written to, and costs no page.
//
// One for the process, because operator new has one handler ([new.handler]). Thread: any.
#include <cstddef>

namespace telex::exchange {

class EmergencyReserve {
public:
    // Number of parts: this many allocations may fail before the end of the turn.
    static constexpr std::size_t kParts = 8;
    static constexpr std::size_t kPartBytes = std::size_t{2} << 20U;

    EmergencyReserve() = delete;

    // From now on a failing operator new asks the reserve before it throws std::bad_alloc.
    static void install();

    // Something of it was needed since it was last full.
    static bool spent();
    // Returns false if there is still no memory.
    static bool refill();
};

}  // namespace telex::exchange
