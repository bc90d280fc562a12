#pragma once
// A stream as the last commit left it: shared by the threads of the engine, so that reads of the
// disk do not need the storage thread.
#include "exchange/stream_storage.hpp"
#include "storage/block_map.hpp"
#include "streams/sequence.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace telex::storage {

// Thread-safe. The committer changes it, after a commit.
struct StoredStream {
    StoredStream(exchange::StreamNumber stream_number, std::string in_account, std::string its_name)
        : number(stream_number), account(std::move(in_account)), name(std::move(its_name)) {}

    // Returns true if a record with this sequence, if there is one, is committed and not removed.
    bool has(Sequence sequence) const {
        return sequence >= first.load(std::memory_order_acquire) &&
               sequence <= last.load(std::memory_order_acquire) && !blocks.is_removed(sequence);
    }

    const exchange::StreamNumber number;
    const std::string account;
    const std::string name;
    BlockMap blocks;
    std::atomic<Sequence> first{1};
    std::atomic<Sequence> last{0};
    // Since the start.
    std::atomic<std::uint64_t> record_bytes{0};
    std::atomic<std::uint64_t> block_bytes{0};
};

using StoredStreamPtr = std::shared_ptr<StoredStream>;

}  // namespace telex::storage
