#include "exchange/emergency_reserve.hpp"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <new>

namespace telex::exchange {

namespace {

std::array<std::atomic<void*>, EmergencyReserve::kParts> parts{};
std::atomic<bool> needed{false};

void give_up_a_part() {
    needed.store(true, std::memory_order_relaxed);
    for (auto& part : parts) {
        if (void* const memory = part.exchange(nullptr); memory != nullptr) {
            ::munmap(memory, EmergencyReserve::kPartBytes);
            return;  // operator new tries again
        }
    }
    throw std::bad_alloc();
}

}  // namespace

void EmergencyReserve::install() {
    static_cast<void>(refill());
    std::set_new_handler(give_up_a_part);
}

bool EmergencyReserve::spent() {
    return needed.load(std::memory_order_relaxed);
}

bool EmergencyReserve::refill() {
    for (auto& part : parts) {
        if (part.load() != nullptr) {
            continue;
        }
        // Not by malloc: it would give large blocks back to the system later than before.
        void* const memory =
            ::mmap(nullptr, kPartBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            return false;
        }
        void* nothing = nullptr;
        if (!part.compare_exchange_strong(nothing, memory)) {
            ::munmap(memory, kPartBytes);  // another thread was faster
        }
    }
    needed.store(false, std::memory_order_relaxed);
    return true;
}

}  // namespace telex::exchange
