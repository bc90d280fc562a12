#pragma once
// Buffers that the connections of one reactor share, so that an idle connection holds none.
//
// Read chunks: a socket is read into a chunk that belongs to nobody; frames that must live on take
// a reference, and the chunk comes back into use when the last reference is gone. Output blocks are
// lent to a connection while it has bytes to write.
#include "base/chunk.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace telex::server {

class ReactorBuffers {
public:
    // Large enough for any datagram and for any packet of a unix seqpacket socket at the kernel's
    // default buffer size (about 204 KiB).
    static constexpr std::size_t kReadChunkBytes = 256U << 10U;
    static constexpr std::size_t kBlockBytes = 64U << 10U;

    // A chunk of kReadChunkBytes that nobody else refers to.
    ChunkRef& read_chunk();

    // A block of kBlockBytes; give it back when its bytes are written. Any other chunk, and a block
    // that somebody else refers to, is let go.
    ChunkRef take_block();
    void give_block(ChunkRef block);

    std::size_t spare_blocks() const { return spare_blocks_.size(); }

    // About once a second: lets go of the blocks that nobody needed since the last time.
    void shrink();

    // For bytes that live until the next use of it.
    std::string& scratch() { return scratch_; }

private:
    static constexpr std::size_t kMaxReadChunks = 8;
    static constexpr std::size_t kMaxSpareBlocks = 64;
    std::vector<ChunkRef> read_chunks_;
    std::size_t current_ = 0;
    std::vector<ChunkRef> spare_blocks_;
    std::size_t least_spare_ = 0;  // since the last shrink()
    std::string scratch_;
};

}  // namespace telex::server
