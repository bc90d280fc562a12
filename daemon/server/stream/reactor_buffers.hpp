#pragma once
// Buffers shared by the connections of one reactor: an idle connection holds none.
//
// Read chunks: sockets are read into a shared chunk. Frames that outlive the read take a reference;
// the chunk is used again when the last reference is gone. Output blocks are lent to a connection
// while it has bytes to write.
#include "base/chunk.hpp"
#include "codec/decoder.hpp"
#include "server/stream/decoder_pool.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace telex::server {

struct QueuedOutput;
struct ReadState;

class ReactorBuffers {
public:
    ReactorBuffers();
    ~ReactorBuffers();
    ReactorBuffers(const ReactorBuffers&) = delete;
    ReactorBuffers& operator=(const ReactorBuffers&) = delete;

    // Large enough for any datagram and for any packet of a unix seqpacket socket at the kernel's
    // default buffer size (about 204 KiB).
    static constexpr std::size_t kReadChunkBytes = 256U << 10U;
    static constexpr std::size_t kBlockBytes = 64U << 10U;

    // Returns a chunk of kReadChunkBytes without other references.
    ChunkRef& read_chunk();

    // Returns a block of kBlockBytes, to be given back when its bytes are written. give_block()
    // releases other chunks, and blocks with other references.
    ChunkRef take_block();
    void give_block(ChunkRef block);

    std::size_t spare_blocks() const { return spare_blocks_.size(); }

    // For a send queue that has something to write; to be given back when it is empty.
    std::unique_ptr<QueuedOutput> take_output();
    void give_output(std::unique_ptr<QueuedOutput> output);

    std::size_t spare_outputs() const { return spare_outputs_.size(); }

    // For a reader that begins to read; to be given back when no frame has begun.
    std::unique_ptr<ReadState> take_reading();
    void give_reading(std::unique_ptr<ReadState> reading);

    DecoderPool& decoders() { return decoders_; }

    // Called about once a second: releases what was not needed since the last call.
    void shrink();

    // For frames that are looked at before they are taken. Used by one call at a time.
    std::span<codec::FrameAhead> frames_ahead() { return frames_ahead_; }

    // For bytes that live until the next frame is written.
    struct Scratch {
        std::string joined;
        std::string encoded;
    };

    Scratch& scratch() { return scratch_; }

private:
    static void release_end_of_arena();

    static constexpr std::size_t kMaxReadChunks = 8;
    static constexpr std::size_t kMaxAhead = 64;
    static constexpr std::size_t kMaxSpareBlocks = 64;
    static constexpr std::size_t kMaxSpareReadings = 8;
    // An empty output that holds more gives it back to the allocator.
    static constexpr std::size_t kMaxOutputMemory = std::size_t{64} << 10U;
    // Larger scratch buffers are released.
    static constexpr std::size_t kMaxScratchBytes = std::size_t{1} << 20U;

    std::vector<ChunkRef> read_chunks_;
    std::size_t current_ = 0;
    std::vector<ChunkRef> spare_blocks_;
    std::size_t least_spare_ = 0;  // since the last shrink()
    std::vector<std::unique_ptr<QueuedOutput>> spare_outputs_;
    std::size_t least_spare_outputs_ = 0;
    std::vector<std::unique_ptr<ReadState>> spare_readings_;
    DecoderPool decoders_;
    Scratch scratch_;
    std::array<codec::FrameAhead, kMaxAhead> frames_ahead_{};
};

}  // namespace telex::server
