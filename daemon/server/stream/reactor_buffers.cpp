#include "server/stream/reactor_buffers.hpp"

#include "server/stream/queued_output.hpp"
#include "server/stream/read_state.hpp"

#include <algorithm>
#include <utility>

namespace telex::server {

ReactorBuffers::ReactorBuffers() = default;
ReactorBuffers::~ReactorBuffers() = default;

ChunkRef& ReactorBuffers::read_chunk() {
    if (!read_chunks_.empty() && read_chunks_[current_]->unique()) {
        return read_chunks_[current_];  // the usual case, and warm in the cache
    }
    for (std::size_t i = 0; i < read_chunks_.size(); ++i) {
        if (read_chunks_[i]->unique()) {
            current_ = i;
            return read_chunks_[i];
        }
    }
    ChunkRef fresh = ChunkRef::adopt(Chunk::create(kReadChunkBytes));
    if (read_chunks_.size() < kMaxReadChunks) {
        read_chunks_.push_back(std::move(fresh));
        current_ = read_chunks_.size() - 1;
    } else {
        // Messages in flight reference all of them: release one, the last of its messages frees it.
        current_ = (current_ + 1) % kMaxReadChunks;
        read_chunks_[current_] = std::move(fresh);
    }
    return read_chunks_[current_];
}

ChunkRef ReactorBuffers::take_block() {
    if (spare_blocks_.empty()) {
        return ChunkRef::adopt(Chunk::create(kBlockBytes));
    }
    ChunkRef block = std::move(spare_blocks_.back());
    spare_blocks_.pop_back();
    least_spare_ = std::min(least_spare_, spare_blocks_.size());
    return block;
}

void ReactorBuffers::give_block(ChunkRef block) {
    if (block && block->capacity() == kBlockBytes && block->unique() &&
        spare_blocks_.size() < kMaxSpareBlocks) {
        spare_blocks_.push_back(std::move(block));
    }
}

std::unique_ptr<QueuedOutput> ReactorBuffers::take_output() {
    if (spare_outputs_.empty()) {
        return std::make_unique<QueuedOutput>(*this);
    }
    std::unique_ptr<QueuedOutput> output = std::move(spare_outputs_.back());
    spare_outputs_.pop_back();
    least_spare_outputs_ = std::min(least_spare_outputs_, spare_outputs_.size());
    return output;
}

void ReactorBuffers::give_output(std::unique_ptr<QueuedOutput> output) {
    output->unwritten.clear();
    if (output->memory() > kMaxOutputMemory) {
        output->shrink();
    }
    spare_outputs_.push_back(std::move(output));
}

std::unique_ptr<ReadState> ReactorBuffers::take_reading() {
    if (spare_readings_.empty()) {
        return std::make_unique<ReadState>(*this);
    }
    std::unique_ptr<ReadState> reading = std::move(spare_readings_.back());
    spare_readings_.pop_back();
    return reading;
}

void ReactorBuffers::give_reading(std::unique_ptr<ReadState> reading) {
    if (spare_readings_.size() < kMaxSpareReadings) {
        spare_readings_.push_back(std::move(reading));
    }
}

// glibc looks for an unused end of the thread's arena when a block of 64 KiB or more is freed.
// Smaller blocks leave it, and so does malloc_trim() of another thread.
void ReactorBuffers::release_end_of_arena() {
    const ChunkRef freed = ChunkRef::adopt(Chunk::create(kBlockBytes));
}

void ReactorBuffers::shrink() {
    spare_outputs_.resize(
        spare_outputs_.size() - std::min(least_spare_outputs_, spare_outputs_.size())
    );
    least_spare_outputs_ = spare_outputs_.size();
    decoders_.clear();
    const std::size_t unneeded = std::min(least_spare_, spare_blocks_.size());
    spare_blocks_.resize(spare_blocks_.size() - unneeded);
    least_spare_ = spare_blocks_.size();
    for (std::string* scratch : {&scratch_.joined, &scratch_.encoded}) {
        if (scratch->capacity() > kMaxScratchBytes) {
            std::string().swap(*scratch);
        }
    }
    release_end_of_arena();
}

}  // namespace telex::server
