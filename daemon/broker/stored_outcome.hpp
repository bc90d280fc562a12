#pragma once
// The outcome of a publication that a stream must store (PublishOptions::durable).
#include "telex/v1/error.pb.h"

#include <cstdint>
#include <string_view>

namespace telex::broker {

struct StoredOutcome {
    // Unspecified: it is stored. STORAGE_FAILED: not known. Other codes: it is not.
    v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;
    std::string_view text{};     // of an error, for people; valid during the call
    std::string_view stream{};   // its name; valid during the call; empty after NO_STREAM
    std::uint64_t sequence = 0;  // of the message; after WRONG_SEQUENCE the last one
    bool duplicate = false;      // the sequence is that of an earlier message with the same id
};

}  // namespace telex::broker
