#pragma once
// The seeds of simulations: a few by default, more on request, and those that once failed.
#include "match/random.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace telex::streams::test {

// Returns the seeds to run: `usual` ones, or as many as TELEX_STREAM_SEEDS says, and the failed.
inline std::vector<std::uint64_t> seeds_to_run(
    std::uint64_t usual, const std::vector<std::uint64_t>& failed
) {
    std::vector<std::uint64_t> seeds = failed;
    std::uint64_t count = usual;
    if (const char* const wanted =
            std::getenv("TELEX_STREAM_SEEDS")) {  // NOLINT(concurrency-mt-unsafe): one thread
        count = std::stoull(wanted);
    }
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        seeds.push_back(seed);
    }
    return seeds;
}

// Random decisions of a simulation.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}

    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

    bool one_in(std::uint64_t n) { return below(n) == 0; }

    template <class T>
    const T& pick(const std::vector<T>& values) {
        return values[below(values.size())];
    }

private:
    match::SplitMix64 random_;
};

}  // namespace telex::streams::test
