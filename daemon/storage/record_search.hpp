#pragma once
// Searches of the committed records of a stream. Each reads the disk as it needs.
#include "storage/stored_stream.hpp"
#include "store/store.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace telex::storage {

// A record and the block that keeps its bytes.
struct FoundRecord {
    store::BlockPtr block;
    std::size_t index = 0;

    store::Record record() const { return block->record(index); }
};

// Any thread. Absent if the record does not exist.
[[nodiscard]] store::Expected<std::optional<FoundRecord>> find_record(
    const store::Store& store, const StoredStream& stream, Sequence sequence
);

// Any thread. The last record of the subject whose sequence is at most `at_most`.
[[nodiscard]] store::Expected<std::optional<FoundRecord>> find_last_of(
    const store::Store& store,
    const StoredStream& stream,
    std::string_view subject,
    Sequence at_most
);

// Reads records in ascending order. One thread.
class RecordScan {
public:
    RecordScan(const store::Store& store, const StoredStream& stream, Sequence from);

    // The next committed record; absent at the end of the stream.
    [[nodiscard]] store::Expected<std::optional<FoundRecord>> next();

    // The sequence behind the last result.
    Sequence position() const { return position_; }

    // Blocks that were read: a measure of the work.
    std::size_t blocks() const { return blocks_; }

private:
    const StoredStream& stream_;
    std::unique_ptr<store::BlockReader> reader_;
    store::BlockPtr block_;
    std::size_t index_ = 0;
    Sequence position_;
    std::size_t blocks_ = 0;
};

}  // namespace telex::storage
