#pragma once
// A durable consumer as bytes of the store: its settings, and a snapshot of its state.
// docs/store-format.md has the fields.
#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace telex::storage {

struct ConsumerMetadata {
    std::string name;
    std::string config;        // an encoded v1::ConsumerConfig
    std::int64_t created = 0;  // nanoseconds since 1970 UTC
    std::string snapshot;      // streams/consumer_snapshot.hpp

    friend bool operator==(const ConsumerMetadata&, const ConsumerMetadata&) = default;
};

std::string encode(const ConsumerMetadata& metadata);

// Absent if the bytes are not metadata.
[[nodiscard]] std::optional<ConsumerMetadata> decode_consumer(ByteView bytes);

}  // namespace telex::storage
