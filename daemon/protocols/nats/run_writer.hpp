#pragma once
// Encodes publications that differ in their payloads only as messages of one run.
//
// Owner and thread: the caller's, for the time of a call.
#include "base/scratch_text.hpp"
#include "base/short_bytes.hpp"
#include "codec/decoder.hpp"
#include "wire/frame_view.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace telex::session::nats {

class RunWriter {
public:
    // Messages of a run.
    static constexpr std::size_t kMost = 64;

    // `frames`: a line and a payload each. Those that do not fit into a run are left out.
    RunWriter(std::string_view subject, std::span<const codec::FrameAhead> frames);

    // Returns the size of the next payload; SIZE_MAX behind the last one.
    std::size_t next() {
        if (next_ == end_) {
            return SIZE_MAX;
        }
        if (next_->payload.size() != frame_) {
            begin_size();
        }
        return frame_ - line_;
    }

    // Returns the next message, a view into the writer. Call next() first.
    wire::PlainMessage write() {
        const ByteView head = head_.text();
        char* const begin = out_;
        out_ = copy_to(copy_to(out_, head), {next_->payload.data() + line_, frame_ - line_});
        ++next_;
        return {
            .body = {begin, static_cast<std::size_t>(out_ - begin)},
            .subject_at = subject_at_,
            .payload_at = static_cast<std::uint32_t>(head.size())
        };
    }

private:
    // A message is shorter than its frame, which has the subject as well, verb, spaces and line
    // ends.
    static constexpr std::size_t kMostBytes = 32U << 10U;

    // Frames of the same size have lines of the same length.
    void begin_size();
    void append_length_head(std::uint32_t field, std::size_t size);

    const codec::FrameAhead* next_;
    const codec::FrameAhead* end_;
    ScratchText head_;                    // all before a payload
    std::array<char, kMostBytes> bytes_;  // not a string: it would be filled before it is written
    char* out_ = bytes_.data();
    std::uint32_t subject_at_ = 0;
    std::size_t subject_end_ = 0;
    std::size_t frame_ = 0;  // bytes of the last frame, and of its line
    std::size_t line_ = 0;
};

}  // namespace telex::session::nats
