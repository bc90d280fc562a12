#pragma once
// Reactors by number, and a set of them.
#include <bit>
#include <cstddef>
#include <cstdint>

namespace telex::router {

using ReactorIndex = std::uint16_t;

// More threads than this cannot be configured.
inline constexpr std::size_t kMaxReactors = 64;

class ReactorSet {
public:
    ReactorSet() = default;

    // Bit n is reactor n.
    explicit ReactorSet(std::uint64_t bits) : bits_(bits) {}

    void add(ReactorIndex reactor) { bits_ |= bit(reactor); }

    void remove(ReactorIndex reactor) { bits_ &= ~bit(reactor); }

    void add(ReactorSet others) { bits_ |= others.bits_; }

    bool contains(ReactorIndex reactor) const { return (bits_ & bit(reactor)) != 0; }

    bool empty() const { return bits_ == 0; }

    std::size_t size() const { return static_cast<std::size_t>(std::popcount(bits_)); }

    // In ascending order.
    template <class Function>
    void for_each(Function&& function) const {
        for (std::uint64_t left = bits_; left != 0; left &= left - 1) {
            function(static_cast<ReactorIndex>(std::countr_zero(left)));
        }
    }

    friend bool operator==(ReactorSet, ReactorSet) = default;

private:
    static std::uint64_t bit(ReactorIndex reactor) { return std::uint64_t{1} << reactor; }

    std::uint64_t bits_ = 0;
};

}  // namespace telex::router
