#pragma once
// Buffers shared by the connections of one reactor: an idle connection holds none.
//
// Read chunks: sockets are read into a shared chunk. Frames that outlive the read take a reference;
// the chunk is used again when the last reference is gone. Output blocks are lent to a connection
// while it has bytes to write.
#include "base/chunk.hpp"
#include "codec/decoder.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace telex::server {

class ReactorBuffers {
public:
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

    // Called about once a second: releases the blocks that were not needed since the last call.
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
    static constexpr std::size_t kMaxReadChunks = 8;
    static constexpr std::size_t kMaxAhead = 64;
    static constexpr std::size_t kMaxSpareBlocks = 64;
    // Larger scratch buffers are released.
    static constexpr std::size_t kMaxScratchBytes = std::size_t{1} << 20U;

    std::vector<ChunkRef> read_chunks_;
    std::size_t current_ = 0;
    std::vector<ChunkRef> spare_blocks_;
    std::size_t least_spare_ = 0;  // since the last shrink()
    Scratch scratch_;
    std::array<codec::FrameAhead, kMaxAhead> frames_ahead_{};
};

}  // namespace telex::server
