#pragma once
// `telex frame decode`: decodes a stream and writes one line per frame.
#include "cli/messages/proto_type.hpp"
#include "cli/options/common_options.hpp"
#include "cli/terminal/colour.hpp"
#include "cli/terminal/input.hpp"
#include "cli/terminal/output.hpp"
#include "codec/framing.hpp"

#include <cstdint>

namespace telex::cli {

// automatic: text if the payload is text, otherwise hexadecimal digits.
enum class Content : std::uint8_t { automatic, text, hex };

struct FrameDecodeOptions {
    codec::Framing framing;
    Content content = Content::automatic;
    Format format = Format::text;
    const ProtoType* type = nullptr;  // decodes the payloads when set
    bool explain = false;             // shows the parts of each frame instead of a line
    Colours colours{};                // of the explanation
};

// Text output has the columns index, offset in the stream, length and content. A payload that is
// not a message of the type is shown as digits with the error; decoding continues. Returns the exit
// code; kBadData if the stream violates the framing.
int decode_frames(const FrameDecodeOptions& options, InputSource source, Output& output);

}  // namespace telex::cli
