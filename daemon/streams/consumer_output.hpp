#pragma once
// The results of a consumer's events, for the caller to act on.
#include "streams/in_flight.hpp"
#include "streams/members.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::streams {

// A record of the stream that the consumer's filters select, as the caller read it.
struct Candidate {
    Sequence sequence = kNoSequence;
    std::uint64_t key = 0;  // hash of the record's key; not used without key affinity
    SubjectRef subject = kNoSubject;
};

// Send records to a member: `count` of the offered candidates, from the one with `first` on. A
// redelivery has one record, which the caller reads again.
struct Delivery {
    MemberId member = kNoMember;
    std::uint32_t count = 1;
    Sequence first = kNoSequence;
    std::uint64_t pull = 0;
    std::uint32_t attempt = 1;  // at least this one: a restart may have hidden others
    bool redelivered = false;   // certainly, or possibly before a restart
};

enum class DeadReason : std::uint8_t { max_deliveries, terminated };

// Store a copy of the record on the dead-letter subject, then call dead_letter_stored().
struct DeadLetter {
    Sequence sequence = kNoSequence;
    SubjectRef subject = kNoSubject;
    std::uint32_t attempts = 0;
    DeadReason reason = DeadReason::max_deliveries;
};

// The consumer does not need the record any longer.
struct SettledRecord {
    Sequence sequence = kNoSequence;
    SubjectRef subject = kNoSubject;
    bool removable = true;  // false: given up without a dead letter; a work queue keeps the record
};

struct ConsumerOutput {
    std::vector<Delivery> deliveries;
    std::vector<DeadLetter> dead_letters;
    std::vector<SettledRecord> settled;
    std::vector<EndedPull> ended;
    bool inactive = false;  // remove the consumer: no member for the inactivity time

    // Keeps the memory.
    void clear() {
        deliveries.clear();
        dead_letters.clear();
        settled.clear();
        ended.clear();
        inactive = false;
    }
};

}  // namespace telex::streams
