#pragma once
// `telex frame encode`: writes each line, or the whole input, as a frame.
#include "cli/messages/proto_type.hpp"
#include "cli/terminal/input.hpp"
#include "cli/terminal/output.hpp"
#include "codec/framing.hpp"

namespace telex::cli {

struct FrameEncodeOptions {
    codec::Framing framing;
    bool whole = false;               // the whole input is one payload
    bool hex = false;                 // payloads are given as hexadecimal digits
    const ProtoType* type = nullptr;  // payloads are given as the JSON form of this message
};

// Returns the exit code. Stops with kBadData at the first payload that the framing cannot carry.
int encode_frames(const FrameEncodeOptions& options, InputSource source, Output& output);

}  // namespace telex::cli
