#pragma once
// `telex frame decode`: a stream cut into frames, one line of output per frame.
#include "cli/messages/proto_type.hpp"
#include "cli/options/option_types.hpp"
#include "cli/terminal/input.hpp"
#include "cli/terminal/output.hpp"
#include "codec/framing.hpp"

#include <cstdint>

namespace telex::cli {

// automatic: text where the payload is text, else hexadecimal digits.
enum class Content : std::uint8_t { automatic, text, hex };

struct FrameDecodeOptions {
    codec::Framing framing;
    Content content = Content::automatic;
    Format format = Format::text;
    const ProtoType* type = nullptr;  // decodes the payloads when set
};

// Text: index, offset in the stream, length, content, in columns. A payload that is not a message
// of the type is shown as digits with what is wrong, and does not end the work.
// Returns the exit code: kBadData when the stream breaks the framing.
int decode_frames(const FrameDecodeOptions& options, InputSource source, Output& output);

}  // namespace telex::cli
