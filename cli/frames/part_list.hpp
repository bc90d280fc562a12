#pragma once
// Collects the parts of a frame from its first byte on.
#include "cli/frames/frame_parts.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace telex::cli {

class PartList {
public:
    explicit PartList(ByteView bytes) : bytes_(bytes) {}

    // At most as many bytes as are left. Without bytes, nothing is added.
    void add(PartKind kind, std::size_t size, std::string note = {}) {
        size = std::min(size, rest().size());
        if (size > 0) {
            parts_.push_back({kind, size, std::move(note)});
            position_ += size;
        }
    }

    void add_rest(PartKind kind, std::string note = {}) {
        add(kind, rest().size(), std::move(note));
    }

    // Where the next part begins.
    std::size_t position() const { return position_; }

    // The bytes that are not in a part.
    ByteView rest() const { return bytes_.substr(position_); }

    std::size_t count() const { return parts_.size(); }

    std::vector<FramePart> take() { return std::move(parts_); }

private:
    ByteView bytes_;
    std::size_t position_ = 0;
    std::vector<FramePart> parts_;
};

}  // namespace telex::cli
