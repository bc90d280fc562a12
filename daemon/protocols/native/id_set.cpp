#include "protocols/native/id_set.hpp"

#include <bit>
#include <utility>

namespace telex::session::native {
namespace {

constexpr std::size_t kFirstSlots = 8;
// An empty set gives larger tables back.
constexpr std::size_t kKeptSlots = 1024;

// The finaliser of MurmurHash3: every bit of the input reaches every bit of the output.
std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 33U)) * 0xff51afd7ed558ccdULL;
    value = (value ^ (value >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
    return value ^ (value >> 33U);
}

}  // namespace

std::size_t IdSet::home(std::uint64_t id) const {
    return mix(id ^ mix(std::bit_cast<std::uintptr_t>(this))) & (slots_.size() - 1);
}

std::size_t IdSet::find(std::uint64_t id) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = home(id);
    while (slots_[at].used && slots_[at].id != id) {
        at = (at + 1) & mask;
    }
    return at;
}

bool IdSet::contains(std::uint64_t id) const {
    return size_ != 0 && slots_[find(id)].used;
}

bool IdSet::insert(std::uint64_t id) {
    if ((size_ + 1) * 4 > slots_.size() * 3) {
        grow();
    }
    Slot& slot = slots_[find(id)];
    if (slot.used) {
        return false;
    }
    slot = {id, true};
    ++size_;
    return true;
}

bool IdSet::erase(std::uint64_t id) {
    if (size_ == 0) {
        return false;
    }
    std::size_t hole = find(id);
    if (!slots_[hole].used) {
        return false;
    }
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = (hole + 1) & mask; slots_[at].used; at = (at + 1) & mask) {
        // An entry may move into the hole when its home is not between the hole and itself.
        if (((at - home(slots_[at].id)) & mask) >= ((at - hole) & mask)) {
            slots_[hole] = slots_[at];
            hole = at;
        }
    }
    slots_[hole].used = false;
    --size_;
    if (size_ == 0 && slots_.size() > kKeptSlots) {
        clear();
    }
    return true;
}

void IdSet::clear() {
    slots_ = {};
    size_ = 0;
}

void IdSet::grow() {
    const std::size_t capacity = slots_.empty() ? kFirstSlots : slots_.size() * 2;
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(capacity));
    for (const Slot& slot : old) {
        if (slot.used) {
            slots_[find(slot.id)] = slot;
        }
    }
}

}  // namespace telex::session::native
