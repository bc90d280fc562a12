#include "store/block_builder.hpp"

#include "store/little_endian.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>

namespace telex::store {

namespace {

constexpr int kZstdLevel = 1;  // of the commit's time; higher levels take several times longer

std::string fault_of(const Record& record, Sequence previous) {
    if (record.sequence <= previous) {
        return fmt::format("sequence {} does not follow {}", record.sequence, previous);
    }
    if (record.subject.size() > kMaxSubject || record.message_id.size() > kMaxMessageId ||
        record.body.size() > kMaxBody) {
        return fmt::format("record {} is too large", record.sequence);
    }
    return {};
}

std::string fault_of(std::span<const Record> records) {
    Sequence previous = 0;
    for (const Record& record : records) {
        if (std::string fault = fault_of(record, previous); !fault.empty()) {
            return fault;
        }
        previous = record.sequence;
    }
    return {};
}

// The number of records at the front that fit into one block; at least one.
std::size_t fitting(std::span<const Record> records, Sequence base) {
    std::size_t bytes = 0;
    std::size_t count = 0;
    while (count < records.size() && count < Block::kMaxRecords) {
        bytes += layout::encoded_size(records[count], base, records.front().time);
        if (count > 0 && bytes > Block::kMaxBytes) {
            break;
        }
        ++count;
    }
    return count;
}

std::size_t total_size(std::span<const Record> records, Sequence base) {
    std::size_t bytes = 0;
    for (const Record& record : records) {
        bytes += layout::encoded_size(record, base, records.front().time);
    }
    return bytes;
}

}  // namespace

Expected<void> BlockBuilder::add_blocks(
    StreamId stream,
    std::span<const Record> records,
    Compression compression,
    std::vector<BlockPtr>& blocks
) {
    if (std::string fault = fault_of(records); !fault.empty()) {
        return store_error(StoreFault::invalid, std::move(fault));
    }
    while (!records.empty()) {
        const Sequence base = records.front().sequence;
        const std::size_t count = fitting(records, base);
        blocks.push_back(build(stream, base, records.first(count), compression));
        records = records.subspan(count);
    }
    return {};
}

Expected<BlockPtr> BlockBuilder::replace_block(
    StreamId stream, Sequence base, std::span<const Record> records, Compression compression
) {
    if (records.empty() || base == 0 || base > records.front().sequence) {
        return store_error(StoreFault::invalid, "a block needs records from its base on");
    }
    if (std::string fault = fault_of(records); !fault.empty()) {
        return store_error(StoreFault::invalid, std::move(fault));
    }
    if (fitting(records, base) != records.size()) {
        return store_error(StoreFault::invalid, "the records do not fit into one block");
    }
    return build(stream, base, records, compression);
}

void BlockBuilder::make_digest(std::span<const Record> records, layout::Head& head) {
    digest_.clear();
    std::string_view previous;
    for (const Record& record : records) {
        if (&record != records.data() && record.subject == previous) {
            continue;
        }
        previous = record.subject;
        const std::uint32_t hash = subject_hash(record.subject);
        if (std::find(digest_.begin(), digest_.end(), hash) != digest_.end()) {
            continue;
        }
        if (digest_.size() == layout::kMaxDigest) {
            head.flags |= layout::kManySubjects;
            digest_.clear();
            break;
        }
        digest_.push_back(hash);
    }
    head.digest_count = static_cast<std::uint8_t>(digest_.size());
}

BlockPtr BlockBuilder::build(
    StreamId stream, Sequence base, std::span<const Record> records, Compression compression
) {
    std::shared_ptr<Block> block(new Block);
    block->stream_ = stream;
    layout::Head& head = block->head_;
    head.count = static_cast<std::uint16_t>(records.size());
    head.base = base;
    head.last = records.back().sequence;
    head.first_time = records.front().time;
    head.last_time = records.back().time;
    make_digest(records, head);
    head.record_bytes = static_cast<std::uint32_t>(total_size(records, base));
    const std::size_t index_bytes = head.index_bytes();

    std::string bytes(index_bytes + head.record_bytes, '\0');
    char* ends = bytes.data() + layout::kHeadBytes;
    for (const std::uint32_t hash : digest_) {
        ends = put_little(ends, hash);
    }
    char* const first = bytes.data() + index_bytes;
    char* out = first;
    for (const Record& record : records) {
        out = layout::encode(record, base, head.first_time, out);
        ends = put_little(ends, static_cast<std::uint32_t>(out - first));
    }
    head.stored_bytes = head.record_bytes;
    if (compression == Compression::zstd) {
        std::string packed(head.record_bytes, '\0');
        const std::size_t size =
            ZSTD_compress(packed.data(), packed.size(), first, head.record_bytes, kZstdLevel);
        // Does not fit if it is not smaller.
        if (ZSTD_isError(size) == 0 && size < head.record_bytes) {
            block->unpacked_ = bytes.substr(index_bytes);
            bytes.replace(index_bytes, std::string::npos, packed, 0, size);
            bytes.shrink_to_fit();
            head.flags |= layout::kCompressed;
            head.stored_bytes = static_cast<std::uint32_t>(size);
            head.packed_check = layout::packed_check(ByteView(bytes).substr(index_bytes));
        }
    }
    layout::write_head(head, stream, bytes.data());
    block->stored_ = std::move(bytes);
    return block;
}

}  // namespace telex::store
