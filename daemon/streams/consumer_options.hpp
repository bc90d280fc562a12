#pragma once
// The settings of a consumer, and the place in its stream at which it starts.
#include "base/time.hpp"
#include "streams/stream_options.hpp"
#include "streams/stream_records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace telex::streams {

enum class AckPolicy : std::uint8_t {
    each,  // every record is acknowledged
    all,   // an acknowledgement includes all earlier records
    none,  // delivery settles a record
};

enum class StartPolicy : std::uint8_t {
    all,
    new_records,       // those that are stored later
    last,              // the newest record that the filters select
    last_per_subject,  // of each subject, the newest record
    sequence,
    time,
};

struct ConsumerOptions {
    std::string name;
    bool durable = true;               // survives a restart
    std::vector<std::string> filters;  // none: all subjects of the stream
    AckPolicy ack = AckPolicy::each;
    StartPolicy start = StartPolicy::all;
    Sequence start_sequence = kNoSequence;
    std::optional<Time> start_time;

    std::uint32_t max_in_flight = 1'000;  // delivered and not settled
    std::uint32_t max_pulls = 512;        // that wait
    Duration ack_wait = std::chrono::seconds(30);
    std::vector<Duration> back_off;  // for attempt 1, 2, ...; the last one repeats
    std::optional<std::uint32_t> max_deliveries;
    std::string dead_letter_subject;     // empty: the record is settled without a copy
    std::optional<Duration> inactivity;  // after which the consumer ends

    bool key_affinity = false;                // one key, one member at a time
    std::uint32_t max_in_flight_per_key = 1;  // 1: the next record of a key waits for its turn

    friend bool operator==(const ConsumerOptions&, const ConsumerOptions&) = default;
};

inline constexpr std::uint32_t kMaxInFlight = 1'000'000;

// Returns all problems; empty if the options are usable for the stream.
[[nodiscard]] std::vector<OptionProblem> check(
    const ConsumerOptions& options, const StreamOptions& stream
);

// Two consumers of a work queue must not select the same subject.
bool consumers_overlap(const ConsumerOptions& left, const ConsumerOptions& right);

// Where a consumer starts.
struct StartPoint {
    Sequence next = 1;  // the first sequence that it may want
    // Up to here it wants only the newest record of each subject. Ask for each record when it is
    // delivered: a record with a newer one on its subject is skipped, the newer one comes later.
    Sequence newest_only_until = kNoSequence;
    // For StartPolicy::last with filters: the caller searches the store backwards from the newest
    // record for the start, because the index does not have it.
    bool search_last = false;
    // For StartPolicy::time: earlier records from `next` on may be older than start_time.
    bool skip_by_time = false;
};

StartPoint start_of(const ConsumerOptions& options, const StreamRecords& records);

}  // namespace telex::streams
