#pragma once
// The state of a frame reader while it reads, and between two reads of one frame
// (frame_reader.hpp).
// Lent by the reactor, so that an idle connection does without.
//
// Owner: a frame reader, or the reactor's buffers.
#include "base/bytes.hpp"
#include "base/time.hpp"
#include "codec/decoder.hpp"
#include "server/stream/input_buffer.hpp"
#include "server/stream/reactor_buffers.hpp"

#include <cstdint>
#include <memory>

namespace telex::server {

struct ReadState {
    explicit ReadState(ReactorBuffers& buffers) : input(buffers) {}

    std::unique_ptr<codec::Decoder> decoder;  // null between turns, but for a frame that has begun
    InputBuffer input;
    ByteView unread;        // of the last read and what was kept before it
    bool decoding = false;  // `unread` was not yet offered to the decoder as it is
    bool filled = false;
    std::uint8_t pauses = 0;  // within this read; 2 stands for more
    TimePoint received_at{};
    std::uint32_t room = 0;
    std::uint32_t turn_bytes = 0;
    std::uint32_t frames_before_read = 0;  // the lower half of FrameReader::frames()
};

}  // namespace telex::server
