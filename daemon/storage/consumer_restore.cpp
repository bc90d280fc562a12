#include "storage/consumer_restore.hpp"

#include "storage/consumer_config.hpp"
#include "storage/consumer_metadata.hpp"
#include "storage/record_search.hpp"
#include "streams/consumer_snapshot.hpp"

#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::storage {

namespace {

unexpected<StreamFault> damaged_consumer(const StreamRuntime& stream, std::string_view name) {
    return stream_fault(
        v1::STREAM_DAMAGED,
        fmt::format(
            "stream '{}': the state of consumer '{}' is damaged", stream.stored()->name, name
        )
    );
}

// The records of the image that exist, with their keys.
[[nodiscard]] store::Expected<std::vector<streams::Candidate>> find_candidates(
    const EngineParts& parts,
    const StreamRuntime& stream,
    const streams::ConsumerImage& image,
    bool with_keys
) {
    std::vector<streams::Candidate> candidates;
    for (const streams::StoredFlight& flight : image.flights) {
        if (!stream.state().records().contains(flight.sequence)) {
            continue;
        }
        streams::Candidate& candidate =
            candidates.emplace_back(streams::Candidate{.sequence = flight.sequence});
        if (with_keys) {
            const auto found = find_record(parts.store, *stream.stored(), flight.sequence);
            if (!found) {
                return unexpected(found.error());
            }
            candidate.key = *found ? key_of((*found)->record().subject) : 0;
        }
    }
    return candidates;
}

[[nodiscard]] StreamResult<void> restore_one(
    const EngineParts& parts,
    const StreamRuntime& stream,
    const store::Cursor& cursor,
    ConsumerSet& set
) {
    const auto metadata = decode_consumer(cursor.bytes);
    v1::ConsumerConfig config;
    if (!metadata || !config.ParseFromString(metadata->config)) {
        return damaged_consumer(stream, fmt::format("number {}", cursor.consumer));
    }
    const auto options = read_consumer_config(config, metadata->name);
    const auto image = streams::decode(metadata->snapshot);
    if (!options || !image) {
        return damaged_consumer(stream, metadata->name);
    }
    const auto candidates = find_candidates(parts, stream, *image, options->key_affinity);
    if (!candidates) {
        return stream_fault(v1::STREAM_DAMAGED, candidates.error().text);
    }
    ConsumerIdentity identity{
        .stream = cursor.stream,
        .id = cursor.consumer,
        .name = metadata->name,
        .created = metadata->created,
    };
    set.add(std::make_unique<ConsumerRuntime>(
        std::move(identity),
        *options,
        *image,
        *candidates,
        parts.options.seed,
        parts.options.steady_clock()
    ));
    return {};
}

}  // namespace

StreamResult<void> restore_consumers(
    const EngineParts& parts, const StreamRuntime& stream, ConsumerSet& set
) {
    const auto cursors = parts.store.cursors(stream.stored()->number);
    if (!cursors) {
        return stream_fault(v1::STREAM_DAMAGED, cursors.error().text);
    }
    for (const store::Cursor& cursor : *cursors) {
        if (auto restored = restore_one(parts, stream, cursor, set); !restored) {
            return restored;
        }
    }
    return {};
}

}  // namespace telex::storage
