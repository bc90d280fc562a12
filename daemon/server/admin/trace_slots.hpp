#pragma once
// Which trace has which slot of the reactors' tracers (exchange::Tracer).
//
// Owner and thread: the server's.
#include "base/time.hpp"
#include "exchange/tracer.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace telex::server {

class TraceSlots {
public:
    struct Running {
        unsigned slot = 0;
        std::uint64_t trace = 0;
    };

    // For a new trace. Returns nothing if all slots are in use.
    std::optional<Running> take(TimePoint now) {
        for (unsigned slot = 0; slot < slots_.size(); ++slot) {
            if (slots_[slot].trace == 0 || is_forgotten(slots_[slot], now)) {
                slots_[slot] = {++last_, now};
                return Running{slot, last_};
            }
        }
        return std::nullopt;
    }

    // Marks the trace as polled. Returns nothing if it has ended.
    std::optional<unsigned> find(std::uint64_t trace, TimePoint now) {
        for (unsigned slot = 0; slot < slots_.size(); ++slot) {
            if (slots_[slot].trace == trace && !is_forgotten(slots_[slot], now)) {
                slots_[slot].asked = now;
                return slot;
            }
        }
        return std::nullopt;
    }

    void release(unsigned slot) { slots_[slot].trace = 0; }

private:
    struct Slot {
        std::uint64_t trace = 0;  // 0: free
        TimePoint asked;
    };

    static bool is_forgotten(const Slot& slot, TimePoint now) {
        return now - slot.asked > exchange::Tracer::kForgottenAfter;
    }

    std::array<Slot, exchange::Tracer::kSlots> slots_;
    std::uint64_t last_ = 0;
};

}  // namespace telex::server
