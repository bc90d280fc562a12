#pragma once
// The fields of an encoded v1::Message that a stream obeys, found by one walk over its bytes.
#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace telex::storage {

struct PublicationFacts {
    std::string_view id;  // of the body
    std::uint64_t ttl_ms = 0;
    std::optional<std::uint64_t> expected_last;
    std::optional<std::uint64_t> expected_subject_last;
    std::uint64_t roll_up = 0;  // of v1::RollUp, or a value of a newer version
};

// Absent if the bytes are not an encoded message.
[[nodiscard]] std::optional<PublicationFacts> read_publication(ByteView body);

}  // namespace telex::storage
