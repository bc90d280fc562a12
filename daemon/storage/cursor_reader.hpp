#pragma once
// Reads the records at the cursor of a consumer, one block at a time, and keeps those that the
// consumer wants.
//
// Only committed records that are not removed are read. Damage is an error, never a skipped record.
#include "storage/recent_blocks.hpp"
#include "storage/stream_runtime.hpp"
#include "store/store.hpp"
#include "streams/consumer_filter.hpp"
#include "streams/consumer_options.hpp"
#include "streams/consumer_output.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::storage {

// Where a consumer reads.
struct ReadPlace {
    const store::Store& store;
    const StreamRuntime& stream;
    RecentBlocks& recent;
    std::size_t& reads;  // blocks that may still be read from the disk in this turn
};

// Consecutive records of one block that a consumer wants.
struct Slice {
    std::vector<streams::Candidate> candidates;
    std::vector<std::uint16_t> indexes;  // of the candidates within the block
    store::BlockPtr block;
    std::size_t largest = 0;  // charge of a record
    Sequence scanned = 0;     // the consumer wants no other record up to here

    void clear();
};

enum class ReadEnd : std::uint8_t {
    more,           // the stream goes on
    end_of_stream,  // of the committed records
    later,          // the next block is on the disk, and this turn has read enough
};

// The key of records with this subject, for key affinity. The same until the daemon ends.
std::uint64_t key_of(std::string_view subject);

// Owner: ConsumerRuntime. The storage thread.
class CursorReader {
public:
    // The options must outlive it. `seed`: a secret of the process.
    CursorReader(const streams::ConsumerOptions& options, std::uint64_t seed);

    // Records on subjects that the right denies are skipped. The first call counts.
    void use_right(const std::function<bool(std::string_view)>& may_read) {
        if (!std::exchange(has_right_, true)) {
            may_read_ = may_read;
        }
    }

    // Reads from a sequence on. `newest_only_until`: see StartPoint.
    [[nodiscard]] store::Expected<ReadEnd> read(
        const ReadPlace& place, Sequence from, Sequence newest_only_until, Slice& slice
    ) const;

private:
    bool wants(const ReadPlace& place, const store::Record& record, Sequence newest_only_until)
        const;
    void scan(const ReadPlace& place, Sequence from, Sequence newest_only_until, Slice& slice)
        const;

    const streams::ConsumerOptions& options_;
    streams::ConsumerFilter filter_;
    std::function<bool(std::string_view)> may_read_;
    bool has_right_ = false;
};

}  // namespace telex::storage
