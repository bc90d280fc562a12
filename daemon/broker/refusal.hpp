#pragma once
// An error that a client receives.
#include "codec/frame_error.hpp"
#include "telex/v1/error.pb.h"

#include <cstdint>
#include <optional>
#include <string>

namespace telex::broker {

struct Refusal {
    v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;
    std::string text;
    bool closing = false;
    std::uint64_t subscription = 0;
    std::uint64_t pending_bytes = 0;
    std::uint64_t limit = 0;
    std::optional<codec::FrameError> framing{};  // what is wrong with the client's bytes
};

}  // namespace telex::broker
