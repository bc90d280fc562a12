#pragma once
// Objects of another owner by keys that are never used again: the key of an object that was removed
// finds nothing, although its slot is reused.
//
// Not thread-safe.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex {

template <class T>
class SlotMap {
public:
    // Returns its key, which is not 0. The object stays where it is until it is removed.
    std::uint64_t add(T& object) {
        if (free_.empty()) {
            free_.push_back(static_cast<std::uint32_t>(slots_.size()));
            slots_.emplace_back();
        }
        const std::uint32_t index = free_.back();
        free_.pop_back();
        Slot& slot = slots_[index];
        slot.object = &object;
        return key_of(index, ++slot.generation);
    }

    // The key must be that of an object that is there.
    void remove(std::uint64_t key) {
        const std::uint32_t index = index_of(key);
        slots_[index].object = nullptr;
        free_.push_back(index);
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
    };

    static std::uint64_t key_of(std::uint32_t index, std::uint32_t generation) {
        return (std::uint64_t{generation} << 32U) | (std::uint64_t{index} + 1);
    }

    static std::uint32_t index_of(std::uint64_t key) { return static_cast<std::uint32_t>(key) - 1; }

    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
};

}  // namespace telex
