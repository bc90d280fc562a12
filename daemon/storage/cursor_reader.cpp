#include "storage/cursor_reader.hpp"

#include "storage/delivery_window.hpp"

#include <algorithm>
#include <utility>

namespace telex::storage {

namespace {

// Records of very different sizes are not in one slice: all are charged as the largest one.
constexpr std::size_t kSizeRatio = 4;
constexpr std::size_t kSizeStep = 4'096;

// A newer record of the subject is committed.
bool is_replaced(const StreamRuntime& stream, const store::Record& record) {
    const streams::SubjectLast last = stream.state().records().last_of(record.subject);
    const Sequence newest = last.exact ? last.sequence : streams::kNoSequence;
    return newest > record.sequence && newest <= stream.stored()->last.load();
}

}  // namespace

std::uint64_t key_of(std::string_view subject) {
    return std::hash<std::string_view>{}(subject);
}

void Slice::clear() {
    candidates.clear();
    indexes.clear();
    block = nullptr;
    largest = 0;
}

CursorReader::CursorReader(const streams::ConsumerOptions& options, std::uint64_t seed)
    : options_(options), filter_(options.filters, seed) {}

bool CursorReader::wants(
    const ReadPlace& place, const store::Record& record, Sequence newest_only_until
) const {
    // Also records whose removal is not committed yet.
    if (!place.stream.state().records().contains(record.sequence)) {
        return false;
    }
    if (options_.start_time && record.time < options_.start_time->time_since_epoch().count()) {
        return false;
    }
    return filter_.selects(record.subject) && (!may_read_ || may_read_(record.subject)) &&
           (record.sequence > newest_only_until || !is_replaced(place.stream, record));
}

void CursorReader::scan(
    const ReadPlace& place, Sequence from, Sequence newest_only_until, Slice& slice
) const {
    const Sequence last = place.stream.stored()->last.load();
    const store::Block& block = *slice.block;
    for (std::size_t index = block.find(from); index < block.size(); ++index) {
        const store::Record record = block.record(index);
        if (record.sequence > last) {
            return;
        }
        if (wants(place, record, newest_only_until)) {
            const std::size_t charge = charge_of(record);
            if (!slice.candidates.empty() && charge > kSizeRatio * slice.largest + kSizeStep) {
                return;
            }
            slice.candidates.push_back(
                {.sequence = record.sequence,
                 .key = options_.key_affinity ? key_of(record.subject) : 0}
            );
            slice.indexes.push_back(static_cast<std::uint16_t>(index));
            slice.largest = std::max(slice.largest, charge);
        }
        slice.scanned = record.sequence;
    }
}

store::Expected<ReadEnd> CursorReader::read(
    const ReadPlace& place, Sequence from, Sequence newest_only_until, Slice& slice
) const {
    slice.clear();
    const StoredStream& stored = *place.stream.stored();
    const Sequence begin = std::max(from, stored.first.load());
    const Sequence last = stored.last.load();
    slice.scanned = begin - 1;
    if (begin > last) {
        return ReadEnd::end_of_stream;
    }
    if (!place.recent.has(begin)) {
        if (place.reads == 0) {
            return ReadEnd::later;
        }
        --place.reads;
    }
    auto block = place.recent.find(place.store, stored.number, begin);
    if (!block) {
        return unexpected(std::move(block.error()));
    }
    if (*block == nullptr) {
        slice.scanned = last;
        return ReadEnd::end_of_stream;
    }
    slice.block = std::move(*block);
    scan(place, begin, newest_only_until, slice);
    return slice.scanned < last ? ReadEnd::more : ReadEnd::end_of_stream;
}

}  // namespace telex::storage
