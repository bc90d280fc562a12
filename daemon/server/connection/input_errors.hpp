#pragma once
// Maps an error in the input to the error on the wire and in the connection's log line. No I/O.
#include "codec/detect_protocol.hpp"
#include "codec/frame_error.hpp"
#include "server/stream/byte_stream.hpp"
#include "server/stream/frame_reader.hpp"
#include "session/session.hpp"
#include "telex/v1/error.pb.h"

#include <optional>
#include <string_view>

namespace telex::server {

v1::ErrorCode code_of(codec::FrameError error);

struct InputError {
    session::Refusal refusal;
    session::CloseReason reason;
};

// `step`: other_protocol or error. `detected`: what the peer seems to speak; `protocol`: what the
// listener speaks.
[[nodiscard]] InputError describe_input_error(
    const FrameReader::Step& step,
    std::optional<codec::OtherProtocol> detected,
    std::string_view protocol
);

// `failure`: of the stream itself, whose peer still receives what is written.
[[nodiscard]] InputError describe_input_error(const StreamFailure& failure);

}  // namespace telex::server
