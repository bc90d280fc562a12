#pragma once
// The text of `telex frame decode --explain`: each frame part by part, where it ends and why, and
// where and why an error is one. Its size does not depend on that of the frames.
#include "base/bytes.hpp"
#include "cli/frames/frame_parts.hpp"
#include "cli/frames/reader.hpp"
#include "cli/terminal/colour.hpp"
#include "codec/framing.hpp"

#include <cstdint>
#include <string>

namespace telex::cli {

// Must see every event of its reader.
class Explainer {
public:
    Explainer(const codec::Framing& framing, Colours colours);

    std::string frame(std::uint64_t index, const FrameEvent& event);
    std::string skipped(const FrameEvent& event) const;
    std::string error(std::uint64_t index, const FrameEvent& event);

private:
    // The framing of a frame that begins with these bytes: the first ones may have another.
    const codec::Framing& framing_of_next(ByteView bytes);
    std::string lines(const std::vector<FramePart>& parts, const FrameEvent& event) const;

    codec::Framing framing_;
    Colours colours_;
    std::uint32_t first_left_;  // first frames that may follow
};

}  // namespace telex::cli
