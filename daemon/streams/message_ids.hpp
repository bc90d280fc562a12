#pragma once
// The message ids of a window of time, as hashes of 128 bits.
//
// A stream at a million messages a second has 120 million ids in two minutes. Texts would take more
// memory than a machine has, so an id is its hash, 24 bytes with its sequence, and the number of
// ids is bounded: beyond the bound a publication with an id is refused, because storing it without
// its id would break the promise.
//
// A collision would acknowledge a message as a duplicate that was never stored. With 100 million
// ids in the window, a new id collides with probability 10^8 / 2^128 < 10^-30: less than once in
// 10^16 years at a million messages a second. Hashes of 64 bits would collide each month at that
// rate. The hash is keyed with two secrets of the process, so that a peer cannot prepare a
// collision; records hold the text of the id, and their hashes are computed again after a start.
//
// Ids are in buckets of a quarter of the window, by the time of their record. A bucket is removed
// as a whole, once all of it is older than the window: an id is remembered for the window and at
// most a quarter of it longer.
#include "match/keyed_hash.hpp"
#include "streams/sequence.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace telex::streams {

inline constexpr std::size_t kMaxMessageIdBytes = 255;

// All bits zero: a message without an id.
struct IdHash {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    bool empty() const { return high == 0 && low == 0; }

    friend bool operator==(const IdHash&, const IdHash&) = default;
};

// Any thread. One for the process.
class IdHasher {
public:
    // Two secrets of the process.
    IdHasher(std::uint64_t high_seed, std::uint64_t low_seed) : high_(high_seed), low_(low_seed) {}

    // The empty text has the empty hash, other texts do not.
    IdHash operator()(std::string_view id) const {
        return id.empty() ? IdHash{} : IdHash{high_(id) | 1U, low_(id)};
    }

private:
    match::KeyedHash high_;
    match::KeyedHash low_;
};

// Owner: StreamRecords. One thread.
class MessageIds {
public:
    // `window`: at least a microsecond.
    explicit MessageIds(Duration window) : width_(window / kBuckets), window_(window) {}

    // Returns the sequence of the id, or kNoSequence.
    Sequence find(IdHash id) const;

    // Requires an id that is not there, and not empty. In any order of time, so that records can be
    // read backwards. Ids older than the window are not kept.
    void add(IdHash id, Sequence sequence, Time time, Time now);

    // Forgets an id, if it is there.
    void remove(IdHash id);

    // Removes the buckets that are older than the window.
    void expire(Time now);

    // When expire() will remove something.
    Time next_expiry() const;

    // The lowest sequence of an id, or kNoSequence.
    Sequence lowest_sequence() const;

    std::size_t size() const { return size_; }

    std::size_t memory_bytes() const { return memory_; }

    // Memory that add() may take for its table at once.
    std::size_t growth_bytes(Time time) const;

private:
    static constexpr int kBuckets = 4;
    static constexpr std::size_t kMinSlots = 16;

    struct Slot {
        IdHash id;
        Sequence sequence = kNoSequence;
    };

    struct Bucket {
        std::int64_t number = 0;  // time / width_
        std::vector<Slot> slots;  // open addressing; empty or a power of two
        std::size_t used = 0;
        Sequence lowest = kNoSequence;
    };

    std::int64_t number_of(Time time) const { return time.time_since_epoch() / width_; }

    bool is_expired(std::int64_t number, Time now) const {
        return number < number_of(now - window_);
    }

    Bucket& bucket_for(std::int64_t number);
    void grow(Bucket& bucket);
    static void place(Bucket& bucket, const Slot& slot);
    static void clear_slot(Bucket& bucket, std::size_t slot);

    Duration width_;
    Duration window_;
    std::deque<Bucket> buckets_;  // by number
    std::vector<Slot> spare_;     // the table of a removed bucket
    std::size_t size_ = 0;
    std::size_t memory_ = 0;
};

}  // namespace telex::streams
