#pragma once
// Objects of another owner by keys that are never used again: the key of an object that was removed
// finds nothing, although its slot is reused.
//
// Not thread-safe.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace telex {

template <class T>
class SlotMap {
public:
    // Returns its key, which is not 0. The object stays where it is until it is removed.
    std::uint64_t add(T& object) {
        if (first_free_ == slots_.size()) {
            slots_.push_back({.next_free = first_free_ + 1});
        }
        const std::uint32_t index = first_free_;
        Slot& slot = slots_[index];
        first_free_ = slot.next_free;
        slot.object = &object;
        return key_of(index, ++slot.generation);
    }

    // The key must be that of an object that is there.
    void remove(std::uint64_t key) {
        const std::uint32_t index = index_of(key);
        slots_[index].object = nullptr;
        slots_[index].next_free = std::exchange(first_free_, index);
    }

    // Returns null if the object was removed.
    T* find(std::uint64_t key) const {
        const std::uint32_t index = index_of(key);
        if (index >= slots_.size() || key_of(index, slots_[index].generation) != key) {
            return nullptr;
        }
        return slots_[index].object;
    }

private:
    struct Slot {
        T* object = nullptr;
        std::uint32_t generation = 0;
        std::uint32_t next_free = 0;  // of a free slot; the number of slots ends the list
    };

    static std::uint64_t key_of(std::uint32_t index, std::uint32_t generation) {
        return (std::uint64_t{generation} << 32U) | (std::uint64_t{index} + 1);
    }

    static std::uint32_t index_of(std::uint64_t key) { return static_cast<std::uint32_t>(key) - 1; }

    std::vector<Slot> slots_;
    std::uint32_t first_free_ = 0;
};

}  // namespace telex
