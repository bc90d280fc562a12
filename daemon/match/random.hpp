#pragma once
// Random numbers for spreading load and evicting cache entries, never for secrets.
#include <cstdint>

namespace telex::match {

// SplitMix64 (Steele, Lea, Flood 2014): one addition and two multiplications per number.
class SplitMix64 {
public:
    explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t value = state_;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }

    // Uniform in [0, bound), by multiplication instead of division (Lemire); the bias for bounds
    // below 2^32 is under 2^-32. `bound` is not zero.
    std::uint64_t below(std::uint64_t bound) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
    }

private:
    std::uint64_t state_;
};

}  // namespace telex::match
