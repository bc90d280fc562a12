#pragma once
// The state of a durable consumer as bytes, for the store.
//
//   version u8 = 1
//   cursor, flag_until - cursor, newest_only_until, paused milliseconds,
//   number of flights                                                      varints
//   for each flight: sequence - previous sequence, attempts * 8 + kind      varints
//                    for `delayed`: milliseconds that are left             varint
//
// At most kMaxSnapshotBytes. Times are stored as what is left of them: the clock of deadlines does
// not survive a restart.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "streams/sequence.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace telex::streams {

inline constexpr std::size_t kMaxSnapshotBytes = 32ULL << 20U;

enum class FlightKind : std::uint8_t {
    delivered = 0,  // once at least, and not settled
    delayed = 1,
    undelivered = 2,
    dead = 3,        // its dead letter is not stored
    terminated = 4,  // the same, given up by a member
};

struct StoredFlight {
    Sequence sequence = kNoSequence;
    std::uint32_t attempts = 0;
    FlightKind kind = FlightKind::delivered;
    std::chrono::milliseconds delay{};  // for `delayed`

    friend bool operator==(const StoredFlight&, const StoredFlight&) = default;
};

struct ConsumerImage {
    Sequence cursor = 1;      // all below are in `flights` or settled
    Sequence flag_until = 0;  // records up to here may have been delivered
    // StartPoint::newest_only_until: of the records up to here, the last of each subject.
    Sequence newest_only_until = kNoSequence;
    std::chrono::milliseconds paused{};
    std::vector<StoredFlight> flights;  // by sequence

    friend bool operator==(const ConsumerImage&, const ConsumerImage&) = default;
};

enum class SnapshotError : std::uint8_t { unknown_version, damaged };

// Requires sequences in ascending order, below the cursor.
std::string encode(const ConsumerImage& image);

[[nodiscard]] Result<ConsumerImage, SnapshotError> decode(ByteView bytes);

}  // namespace telex::streams
