#pragma once
// Which sequences of a stream exist, how large they are and how old.
//
// A stream may have 100 million records, so nothing is held for a single one. A chunk stands for 64
// consecutive sequences: a bit for each record that exists, their bytes together, and the time of
// the newest. 32 bytes for 64 records; a chunk without records is not held. Chunks are on pages, so
// that removal from the middle frees memory.
//
// The chunks of the newest kDetailedRecords sequences also have the size and time of each record. A
// stream that spans no more sequences is accounted for exactly. In an older chunk, the bytes of a
// removed record are taken as the mean of the chunk unless the caller knows them, and the time of
// each record as that of the newest one: the sum is exact again when the chunk is empty, and no
// record is removed before its time.
#include "streams/sequence.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace telex::streams {

// Owner: StreamRecords. One thread.
class RecordLedger {
public:
    static constexpr std::size_t kChunk = 64;
    static constexpr std::size_t kDetailedRecords = 4'096;

    // `detailed_records`: a multiple of kChunk. Smaller for tests.
    explicit RecordLedger(std::size_t detailed_records = kDetailedRecords);

    // Requires a sequence above all present ones, and a time that is not before theirs.
    void append(Sequence sequence, std::uint32_t bytes, Time time);
    // Requires a sequence below all present ones, and a time that is not after theirs.
    void prepend(Sequence sequence, std::uint32_t bytes, Time time);

    // Returns false if the sequence does not exist. `bytes`: of the record; 0 if not known.
    bool remove(Sequence sequence, std::uint32_t bytes = 0);
    // Removes all records below `sequence`. Returns their number.
    std::uint64_t remove_before(Sequence sequence);

    bool contains(Sequence sequence) const;

    // The lowest sequence, or kNoSequence if there are no records.
    Sequence first() const { return first_; }

    // Returns the lowest existing sequence that is not below `sequence`, or kNoSequence.
    Sequence next(Sequence sequence) const;
    // Returns the highest existing sequence that is not above `sequence`, or kNoSequence.
    Sequence previous(Sequence sequence) const;
    // Returns the n-th existing sequence from the end (1 is the last), or the first one if there
    // are fewer.
    Sequence nth_from_end(std::uint64_t n) const;
    // The number of existing sequences that are not below `sequence`.
    std::uint64_t count_from(Sequence sequence) const;

    // Returns the first sequence that may have a time at or after `time`: no earlier one has.
    // kNoSequence if none.
    Sequence first_since(Time time) const;
    // The time of the oldest record: exact, or that of the newest record of its chunk.
    std::optional<Time> first_time() const;

    std::uint64_t messages() const { return messages_; }

    std::uint64_t bytes() const { return bytes_; }

    std::size_t memory_bytes() const;

private:
    // The size and time of each record of a chunk.
    struct Detail {
        std::uint64_t number = 0;
        std::array<Time, kChunk> times;
        std::array<std::uint32_t, kChunk> bytes;
    };

    struct Chunk {
        std::uint64_t number = 0;  // sequence / kChunk
        std::uint64_t live = 0;    // a bit for each record
        std::uint64_t bytes = 0;
        Time newest{};
    };

    static constexpr std::size_t kPageChunks = 256;
    using Page = std::vector<Chunk>;  // sorted, not empty, at most kPageChunks

    struct Position {
        std::size_t page;
        std::size_t chunk;
    };

    static std::uint64_t number_of(Sequence sequence) { return sequence / kChunk; }

    static std::uint64_t bit_of(Sequence sequence) {
        return std::uint64_t{1} << (sequence % kChunk);
    }

    static Sequence lowest(const Chunk& chunk) {
        return chunk.number * kChunk + static_cast<unsigned>(std::countr_zero(chunk.live));
    }

    static Sequence highest(const Chunk& chunk) {
        return chunk.number * kChunk + (kChunk - 1) -
               static_cast<unsigned>(std::countl_zero(chunk.live));
    }

    Position lower_bound(std::uint64_t number) const;

    bool at_end(Position position) const { return position.page == pages_.size(); }

    const Chunk& at(Position position) const { return (*pages_[position.page])[position.chunk]; }

    Chunk& back_chunk(std::uint64_t number);
    Chunk& front_chunk(std::uint64_t number);
    std::unique_ptr<Page> new_page();
    void add(Chunk& chunk, Sequence sequence, std::uint32_t bytes, Time time);
    void take(Chunk& chunk, Sequence sequence, std::uint32_t known_bytes);
    void erase_chunk(Position position);
    void find_first();

    std::size_t slot_of(std::uint64_t number) const { return number % details_.size(); }

    Detail* detail_for_new(std::uint64_t number);
    const Detail* detail_of(std::uint64_t number) const;

    std::deque<std::unique_ptr<Page>> pages_;
    std::unique_ptr<Page> spare_;  // so that a stream of constant size does not allocate
    // Of chunk `number` at `number` modulo their count: the highest number of those that share it.
    std::vector<std::unique_ptr<Detail>> details_;
    Sequence first_ = kNoSequence;
    std::uint64_t messages_ = 0;
    std::uint64_t bytes_ = 0;
    std::size_t page_bytes_ = 0;
    std::size_t detail_bytes_ = 0;
};

}  // namespace telex::streams
