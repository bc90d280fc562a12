#pragma once
// `telex frame encode`: lines (or all of the input) become frames.
#include "cli/messages/proto_type.hpp"
#include "cli/terminal/input.hpp"
#include "cli/terminal/output.hpp"
#include "codec/framing.hpp"

namespace telex::cli {

struct FrameEncodeOptions {
    codec::Framing framing;
    bool whole = false;               // the whole input is one payload, not each line
    bool hex = false;                 // payloads are written in hexadecimal digits
    const ProtoType* type = nullptr;  // payloads are written as the JSON form of this message
};

// Returns the exit code: kBadData at the first payload that the framing cannot carry.
int encode_frames(const FrameEncodeOptions& options, InputSource source, Output& output);

}  // namespace telex::cli
