#pragma once
// Gives the shards the table of the subjects that streams store.
#include "exchange/stream_storage.hpp"
#include "storage/storage_loop.hpp"
#include "storage/stream_set.hpp"

#include <functional>

namespace telex::storage {

// Owner: the engine. The storage thread.
class CapturePublisher {
public:
    CapturePublisher(StorageLoop& loop, StreamSet& streams) : loop_(loop), streams_(streams) {}

    // `done` runs on the storage thread once each shard uses the present table.
    void publish(std::function<void()> done);

private:
    StorageLoop& loop_;
    StreamSet& streams_;
};

}  // namespace telex::storage
