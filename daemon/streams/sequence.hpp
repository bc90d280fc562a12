#pragma once
// Places and times in a stream.
#include <chrono>
#include <cstdint>

namespace telex::streams {

// The place of a record in its stream. The first record has 1; no sequence is used twice.
using Sequence = std::uint64_t;

inline constexpr Sequence kNoSequence = 0;

using Duration = std::chrono::nanoseconds;

// Time of day, as StreamClock gives it: records carry it, ages are measured with it.
using Time = std::chrono::sys_time<Duration>;

inline constexpr Time kNoDeadline = Time::max();

// Sequences `first` to `last`, both included; empty if `last` is smaller.
struct SequenceRange {
    Sequence first = 1;
    Sequence last = 0;

    friend bool operator==(const SequenceRange&, const SequenceRange&) = default;
};

}  // namespace telex::streams
