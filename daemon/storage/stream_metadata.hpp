#pragma once
// The metadata of a stream as bytes of the store: its settings, and the sequences that its blocks
// do not tell. docs/store-format.md has the fields.
#include "base/bytes.hpp"
#include "streams/sequence.hpp"
#include "telex/v1/stream.pb.h"

#include <cstdint>
#include <optional>
#include <string>

namespace telex::storage {

struct StreamMetadata {
    std::string config;             // an encoded v1::StreamConfig
    streams::Sequence first = 1;    // all records below are removed
    streams::Sequence last = 0;     // no later record was given a smaller sequence
    std::int64_t created = 0;       // nanoseconds since 1970 UTC
    bool configured = false;        // by the configuration file
    std::uint32_t next_stream = 0;  // of the store itself (kStoreNumber) only

    friend bool operator==(const StreamMetadata&, const StreamMetadata&) = default;
};

// The metadata under this number is of the store: the number of the next stream. Numbers of removed
// streams are not used again.
inline constexpr std::uint32_t kStoreNumber = 0;

std::string encode(const StreamMetadata& metadata);

// Absent if the bytes are not metadata.
[[nodiscard]] std::optional<StreamMetadata> decode_metadata(ByteView bytes);

}  // namespace telex::storage
