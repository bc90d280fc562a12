#pragma once
// Reads all streams of a store at the start.
#include "storage/engine_parts.hpp"
#include "storage/stream_fault.hpp"
#include "streams/sequence.hpp"

#include <functional>
#include <optional>

namespace telex::storage {

// Adds all streams, and returns the largest time of a record. `on_progress`: see Engine::restore().
// An error names the stream and its damage.
[[nodiscard]] StreamResult<std::optional<streams::Time>> restore_streams(
    const EngineParts& parts, const std::function<void(double)>& on_progress
);

}  // namespace telex::storage
