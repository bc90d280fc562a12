#pragma once
// The parts of the engine, for those that join them.
#include "storage/capture_publisher.hpp"
#include "storage/engine.hpp"
#include "storage/storage_loop.hpp"
#include "storage/stream_set.hpp"
#include "storage/work_queue.hpp"
#include "store/store.hpp"

namespace telex::storage {

// All outlive their users.
struct EngineParts {
    store::Store& store;
    const EngineOptions& options;
    const StreamContext& context;
    StreamSet& streams;
    StorageLoop& loop;
    CapturePublisher& captures;
    WorkQueue& reader;  // of the disk
};

inline unexpected<StreamFault> not_written(const CommitOutcome& outcome) {
    return stream_fault(v1::STORAGE_NOT_WRITABLE, outcome.text);
}

}  // namespace telex::storage
