#include "protocols/native/id_set.hpp"

#include <bit>
#include <utility>

namespace telex::session::native {
namespace {

constexpr std::uint32_t kFirstSlots = 8;
// An empty set gives larger tables back.
constexpr std::uint32_t kKeptSlots = 1024;

// The finaliser of MurmurHash3: every bit of the input reaches every bit of the output.
std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 33U)) * 0xff51afd7ed558ccdULL;
    value = (value ^ (value >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
    return value ^ (value >> 33U);
}

}  // namespace

bool IdSet::contains(std::uint64_t id) const {
    if (size_ == 0 || id == 0) {
        return false;
    }
    return capacity_ == 0 ? only_ == id : slots_[find(id)] != 0;
}

bool IdSet::insert(std::uint64_t id) {
    if (capacity_ != 0) {
        return insert_in_table(id);
    }
    if (only_ == 0) {
        only_ = id;
        size_ = 1;
        return true;
    }
    return only_ != id && insert_in_table(id);
}

bool IdSet::erase(std::uint64_t id) {
    if (size_ == 0 || id == 0) {
        return false;
    }
    if (capacity_ != 0) {
        return erase_in_table(id);
    }
    if (only_ != id) {
        return false;
    }
    only_ = 0;
    size_ = 0;
    return true;
}

void IdSet::shrink() {
    if (size_ == 0) {
        slots_.reset();
        capacity_ = 0;
    }
}

// --- the table -----------------------------------------------------------------------------------

std::size_t IdSet::home(std::uint64_t id) const {
    return mix(id ^ mix(std::bit_cast<std::uintptr_t>(this))) & (capacity_ - 1);
}

std::size_t IdSet::find(std::uint64_t id) const {
    const std::size_t mask = capacity_ - 1;
    std::size_t at = home(id);
    while (slots_[at] != 0 && slots_[at] != id) {
        at = (at + 1) & mask;
    }
    return at;
}

bool IdSet::insert_in_table(std::uint64_t id) {
    if ((std::size_t{size_} + 1) * 4 > std::size_t{capacity_} * 3) {
        grow();
    }
    std::uint64_t& slot = slots_[find(id)];
    if (slot != 0) {
        return false;
    }
    slot = id;
    ++size_;
    return true;
}

bool IdSet::erase_in_table(std::uint64_t id) {
    std::size_t hole = find(id);
    if (slots_[hole] == 0) {
        return false;
    }
    const std::size_t mask = capacity_ - 1;
    for (std::size_t at = (hole + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
        // An entry may move into the hole when its home is not between the hole and itself.
        if (((at - home(slots_[at])) & mask) >= ((at - hole) & mask)) {
            slots_[hole] = slots_[at];
            hole = at;
        }
    }
    slots_[hole] = 0;
    --size_;
    if (capacity_ > kKeptSlots) {
        shrink();
    }
    return true;
}

void IdSet::grow() {
    const std::uint32_t former = capacity_;
    capacity_ = former == 0 ? kFirstSlots : former * 2;
    const auto old = std::exchange(slots_, std::make_unique<std::uint64_t[]>(capacity_));
    for (std::uint32_t i = 0; i < former; ++i) {
        if (old[i] != 0) {
            slots_[find(old[i])] = old[i];
        }
    }
    if (only_ != 0) {
        slots_[find(only_)] = only_;
        only_ = 0;
    }
}

}  // namespace telex::session::native
