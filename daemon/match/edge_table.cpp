#include "match/edge_table.hpp"

#include <bit>
#include <utility>

namespace telex::match {

namespace {

constexpr std::size_t kMinSlots = 16;

}  // namespace

EdgeTable::EdgeTable() {
    resize(kMinSlots);
}

void EdgeTable::place(Slot slot) {
    std::size_t at = home(slot.hash);
    while (slots_[at].child != 0) {
        at = (at + 1) & mask();
    }
    slots_[at] = slot;
}

void EdgeTable::resize(std::size_t slots) {
    std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
    shift_ = 32U - static_cast<unsigned>(std::countr_zero(slots));
    for (const Slot& slot : old) {
        if (slot.child != 0) {
            place(slot);
        }
    }
}

void EdgeTable::insert(std::uint32_t hash, std::uint32_t child) {
    if ((size_ + 1) * 4 > slots_.size() * 3) {
        resize(slots_.size() * 2);
    }
    place({hash, child});
    ++size_;
}

void EdgeTable::erase(std::uint32_t hash, std::uint32_t child) {
    std::size_t hole = home(hash);
    while (slots_[hole].child != child) {
        hole = (hole + 1) & mask();
    }
    // Entries that were probed across the hole move into it: otherwise they could not be found.
    for (std::size_t at = (hole + 1) & mask(); slots_[at].child != 0; at = (at + 1) & mask()) {
        const std::size_t distance_from_home = (at - home(slots_[at].hash)) & mask();
        if (distance_from_home >= ((at - hole) & mask())) {
            slots_[hole] = slots_[at];
            hole = at;
        }
    }
    slots_[hole] = {};
    --size_;
    if (slots_.size() > kMinSlots && size_ * 8 < slots_.size()) {
        resize(slots_.size() / 2);
    }
}

}  // namespace telex::match
