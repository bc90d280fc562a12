#pragma once
// The blocks of a stream that its consumers use now: those of the last commits, without a read, and
// those that were read last. Consumers at the same place share one read.
#include "storage/stored_stream.hpp"
#include "store/store.hpp"

#include <array>
#include <cstddef>

namespace telex::storage {

// Owner: the consumers of one stream. The storage thread.
class RecentBlocks {
public:
    void add(store::BlockPtr block);

    // Returns true if find() will not read the disk.
    bool has(Sequence sequence) const { return held(sequence) != nullptr; }

    // The block that has the sequence, or the next one after it; null at the end of the stream.
    [[nodiscard]] store::Expected<store::BlockPtr> find(
        const store::Store& store, exchange::StreamNumber stream, Sequence sequence
    );

    void clear() { blocks_ = {}; }

private:
    // At most 64 KiB each, except for a single large record.
    static constexpr std::size_t kKept = 8;

    const store::BlockPtr* held(Sequence sequence) const;

    std::array<store::BlockPtr, kKept> blocks_;
    std::size_t oldest_ = 0;
};

}  // namespace telex::storage
