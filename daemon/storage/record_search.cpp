#include "storage/record_search.hpp"

#include <algorithm>

namespace telex::storage {

using store::Expected;

Expected<std::optional<FoundRecord>> find_record(
    const store::Store& store, const StoredStream& stream, Sequence sequence
) {
    if (!stream.has(sequence)) {
        return std::nullopt;
    }
    auto block = store.block_from(stream.number, sequence);
    if (!block) {
        return unexpected(std::move(block.error()));
    }
    if (*block == nullptr) {
        return std::nullopt;
    }
    const std::size_t index = (*block)->find(sequence);
    if (index == (*block)->size() || (*block)->record(index).sequence != sequence) {
        return std::nullopt;
    }
    return FoundRecord{std::move(*block), index};
}

Expected<std::optional<FoundRecord>> find_last_of(
    const store::Store& store,
    const StoredStream& stream,
    std::string_view subject,
    Sequence at_most
) {
    const std::uint32_t hash = store::subject_hash(subject);
    const Sequence first = stream.first.load(std::memory_order_acquire);
    Sequence sequence = std::min(at_most, stream.last.load(std::memory_order_acquire));
    while (sequence >= first && sequence > 0) {
        auto block = store.block_before(stream.number, sequence);
        if (!block) {
            return unexpected(std::move(block.error()));
        }
        if (*block == nullptr) {
            break;
        }
        if ((*block)->may_have(hash)) {
            std::size_t index = (*block)->find(sequence + 1);
            while (index-- > 0) {
                const store::Record record = (*block)->record(index);
                if (record.subject == subject && stream.has(record.sequence)) {
                    return FoundRecord{std::move(*block), index};
                }
            }
        }
        sequence = (*block)->base() - 1;
    }
    return std::nullopt;
}

RecordScan::RecordScan(const store::Store& store, const StoredStream& stream, Sequence from)
    : stream_(stream),
      reader_(store.reader(stream.number)),
      position_(std::max(from, stream.first.load(std::memory_order_acquire))) {
    reader_->seek(position_);
}

Expected<std::optional<FoundRecord>> RecordScan::next() {
    while (true) {
        if (block_ == nullptr) {
            auto block = reader_->next();
            if (!block) {
                return unexpected(std::move(block.error()));
            }
            if (*block == nullptr) {
                return std::nullopt;
            }
            ++blocks_;
            block_ = std::move(*block);
            index_ = block_->find(position_);
        }
        while (index_ < block_->size()) {
            const Sequence sequence = block_->record(index_).sequence;
            if (sequence > stream_.last.load(std::memory_order_acquire)) {
                return std::nullopt;
            }
            position_ = sequence + 1;
            if (stream_.has(sequence)) {
                return FoundRecord{block_, index_++};
            }
            ++index_;
        }
        block_ = nullptr;
    }
}

}  // namespace telex::storage
