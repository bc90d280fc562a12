#pragma once
// Reads the durable consumers of a stream at the start.
#include "storage/consumer_set.hpp"
#include "storage/engine_parts.hpp"
#include "storage/stream_fault.hpp"

namespace telex::storage {

// Adds them to the set. Errors: STREAM_DAMAGED, whose text names the consumer.
[[nodiscard]] StreamResult<void> restore_consumers(
    const EngineParts& parts, const StreamRuntime& stream, ConsumerSet& set
);

}  // namespace telex::storage
