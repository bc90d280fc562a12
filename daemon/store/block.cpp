#include "store/block.hpp"

#include "store/little_endian.hpp"

#include <fmt/format.h>
#include <xxhash.h>
#include <zstd.h>

namespace telex::store {

namespace {

BlockDamage damage_of(Sequence first, Sequence last, std::string text) {
    return {first, last, std::move(text)};
}

}  // namespace

std::uint32_t subject_hash(std::string_view subject) {
    return static_cast<std::uint32_t>(XXH3_64bits(subject.data(), subject.size()));
}

Result<BlockPtr, BlockDamage> Block::parse(StreamId stream, Sequence base, std::string stored) {
    std::shared_ptr<Block> block(new Block);
    block->stream_ = stream;
    block->stored_ = std::move(stored);
    if (std::string fault = block->check_head(); !fault.empty()) {
        return unexpected(damage_of(base, 0, std::move(fault)));
    }
    if (block->head_.base != base) {
        return unexpected(damage_of(
            base, 0, fmt::format("the block was written for sequence {}", block->head_.base)
        ));
    }
    if (std::string fault = block->unpack_records(); !fault.empty()) {
        return unexpected(damage_of(base, block->last(), std::move(fault)));
    }
    Sequence previous = 0;
    for (std::size_t i = 0; i < block->size(); ++i) {
        const Sequence before = previous;
        if (std::string fault = block->check_record(i, previous); !fault.empty()) {
            // The place in the block is known, so only the sequences between intact neighbours are
            // lost. Later records may be damaged, too; all up to the end are reported.
            return unexpected(
                damage_of(before == 0 ? base : before + 1, block->last(), std::move(fault))
            );
        }
    }
    if (previous != block->last()) {
        return unexpected(damage_of(base, block->last(), "the last sequence is wrong"));
    }
    return BlockPtr(std::move(block));
}

std::string Block::check_head() {
    if (stored_.size() < layout::kHeadBytes) {
        return fmt::format("{} bytes are too few for a block", stored_.size());
    }
    head_ = layout::read_head(stored_);
    if (head_.version != layout::kVersion) {
        return fmt::format("unknown version {} of a block", head_.version);
    }
    if (head_.index_bytes() > stored_.size() || !layout::index_is_intact(head_, stream_, stored_)) {
        return "wrong checksum of a block's head";
    }
    if (head_.count == 0 || head_.count > kMaxRecords || head_.digest_count > layout::kMaxDigest ||
        (head_.flags & ~layout::kKnownFlags) != 0) {
        return "a block's head has values that are not permitted";
    }
    if (stored_.size() - head_.index_bytes() != head_.stored_bytes) {
        return fmt::format(
            "a block has {} bytes of records instead of {}",
            stored_.size() - head_.index_bytes(),
            head_.stored_bytes
        );
    }
    return {};
}

std::string Block::unpack_records() {
    if (!is_compressed()) {
        return head_.record_bytes == head_.stored_bytes ? "" : "the sizes of a block differ";
    }
    unpacked_.resize(head_.record_bytes);
    const ByteView packed = ByteView(stored_).substr(head_.index_bytes());
    if (layout::packed_check(packed) != head_.packed_check) {
        return "wrong checksum of compressed records";
    }
    const std::size_t size =
        ZSTD_decompress(unpacked_.data(), unpacked_.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) != 0 || size != unpacked_.size()) {
        return "the compressed records cannot be read";
    }
    return {};
}

std::string Block::check_record(std::size_t index, Sequence& previous) const {
    const ByteView records = record_part();
    const char* const ends =
        stored_.data() + layout::kHeadBytes + std::size_t{4} * head_.digest_count;
    const std::size_t begin = index == 0 ? 0 : get_little<std::uint32_t>(ends + 4 * (index - 1));
    const std::size_t end = get_little<std::uint32_t>(ends + 4 * index);
    if (end < begin || end > records.size() || (index + 1 == size() && end != records.size())) {
        return "the index of a block is wrong";
    }
    Record record;
    if (!layout::decode(records.substr(begin, end - begin), base(), first_time(), record) ||
        !layout::record_is_intact(records.substr(begin, end - begin), record.sequence)) {
        return "wrong checksum of a record";
    }
    if (record.sequence <= previous) {
        return "the sequences of a block do not ascend";
    }
    previous = record.sequence;
    return {};
}

ByteView Block::record_part() const {
    return is_compressed() ? ByteView(unpacked_) : ByteView(stored_).substr(head_.index_bytes());
}

ByteView Block::encoded_record(std::size_t index) const {
    const char* const ends =
        stored_.data() + layout::kHeadBytes + std::size_t{4} * head_.digest_count;
    const std::size_t begin = index == 0 ? 0 : get_little<std::uint32_t>(ends + 4 * (index - 1));
    const std::size_t end = get_little<std::uint32_t>(ends + 4 * index);
    return record_part().substr(begin, end - begin);
}

Record Block::record(std::size_t index) const {
    Record record;
    // Was decoded when the block was made.
    (void)layout::decode(encoded_record(index), base(), first_time(), record);
    return record;
}

std::size_t Block::find(Sequence sequence) const {
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (record(middle).sequence < sequence) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool Block::may_have(std::uint32_t hash) const {
    if ((head_.flags & layout::kManySubjects) != 0) {
        return true;
    }
    const char* const digest = stored_.data() + layout::kHeadBytes;
    for (std::size_t i = 0; i < head_.digest_count; ++i) {
        if (get_little<std::uint32_t>(digest + 4 * i) == hash) {
            return true;
        }
    }
    return false;
}

std::size_t Block::memory_bytes() const {
    return sizeof(Block) + stored_.capacity() + unpacked_.capacity();
}

}  // namespace telex::store
