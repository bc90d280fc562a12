#include "streams/record_ledger.hpp"

#include "base/allocated.hpp"

#include <algorithm>
#include <utility>

namespace telex::streams {

RecordLedger::RecordLedger(std::size_t detailed_records)
    : details_(std::max<std::size_t>(1, detailed_records / kChunk)) {}

std::unique_ptr<RecordLedger::Page> RecordLedger::new_page() {
    if (spare_) {
        return std::move(spare_);
    }
    auto page = std::make_unique<Page>();
    page->reserve(kPageChunks);
    page_bytes_ += allocated(sizeof(Page)) + allocated(kPageChunks * sizeof(Chunk));
    return page;
}

RecordLedger::Chunk& RecordLedger::back_chunk(std::uint64_t number) {
    if (!pages_.empty() && pages_.back()->back().number == number) {
        return pages_.back()->back();
    }
    if (pages_.empty() || pages_.back()->size() == kPageChunks) {
        pages_.push_back(new_page());
    }
    return pages_.back()->emplace_back(Chunk{.number = number});
}

RecordLedger::Chunk& RecordLedger::front_chunk(std::uint64_t number) {
    if (!pages_.empty() && pages_.front()->front().number == number) {
        return pages_.front()->front();
    }
    if (pages_.empty() || pages_.front()->size() == kPageChunks) {
        pages_.push_front(new_page());
    }
    Page& page = *pages_.front();
    return *page.insert(page.begin(), Chunk{.number = number});
}

const RecordLedger::Detail* RecordLedger::detail_of(std::uint64_t number) const {
    const Detail* const detail = details_[slot_of(number)].get();
    return detail != nullptr && detail->number == number ? detail : nullptr;
}

// Returns null if the place belongs to a newer chunk.
RecordLedger::Detail* RecordLedger::detail_for_new(std::uint64_t number) {
    std::unique_ptr<Detail>& place = details_[slot_of(number)];
    if (!place) {
        place = std::make_unique<Detail>();
        place->number = number;
        detail_bytes_ += allocated(sizeof(Detail));
    }
    if (place->number < number) {
        place->number = number;
    }
    return place->number == number ? place.get() : nullptr;
}

void RecordLedger::add(Chunk& chunk, Sequence sequence, std::uint32_t bytes, Time time) {
    chunk.newest = chunk.live == 0 ? time : std::max(chunk.newest, time);
    chunk.live |= bit_of(sequence);
    chunk.bytes += bytes;
    bytes_ += bytes;
    ++messages_;
    if (Detail* const detail = detail_for_new(chunk.number)) {
        detail->times[sequence % kChunk] = time;
        detail->bytes[sequence % kChunk] = bytes;
    }
}

void RecordLedger::append(Sequence sequence, std::uint32_t bytes, Time time) {
    add(back_chunk(number_of(sequence)), sequence, bytes, time);
    if (first_ == kNoSequence) {
        first_ = sequence;
    }
}

void RecordLedger::prepend(Sequence sequence, std::uint32_t bytes, Time time) {
    add(front_chunk(number_of(sequence)), sequence, bytes, time);
    first_ = sequence;
}

// The first chunk whose number is not below `number`.
RecordLedger::Position RecordLedger::lower_bound(std::uint64_t number) const {
    auto page = std::upper_bound(
        pages_.begin(),
        pages_.end(),
        number,
        [](std::uint64_t wanted, const auto& candidate) {
            return wanted < candidate->front().number;
        }
    );
    if (page != pages_.begin()) {
        --page;
    }
    if (page == pages_.end()) {
        return {pages_.size(), 0};
    }
    const auto chunk = std::lower_bound(
        (*page)->begin(),
        (*page)->end(),
        number,
        [](const Chunk& candidate, std::uint64_t wanted) { return candidate.number < wanted; }
    );
    const auto page_index = static_cast<std::size_t>(page - pages_.begin());
    if (chunk == (*page)->end()) {
        return {page_index + 1, 0};
    }
    return {page_index, static_cast<std::size_t>(chunk - (*page)->begin())};
}

void RecordLedger::take(Chunk& chunk, Sequence sequence, std::uint32_t known_bytes) {
    const auto live = static_cast<std::uint64_t>(std::popcount(chunk.live));
    std::uint64_t bytes = known_bytes != 0 ? known_bytes : chunk.bytes / live;
    if (const Detail* const detail = detail_of(chunk.number)) {
        bytes = detail->bytes[sequence % kChunk];
    }
    if (live == 1 || bytes > chunk.bytes) {
        bytes = chunk.bytes;
    }
    chunk.live &= ~bit_of(sequence);
    chunk.bytes -= bytes;
    bytes_ -= bytes;
    --messages_;
}

void RecordLedger::erase_chunk(Position position) {
    Page& page = *pages_[position.page];
    page.erase(page.begin() + static_cast<std::ptrdiff_t>(position.chunk));
    if (!page.empty()) {
        return;
    }
    const auto place = pages_.begin() + static_cast<std::ptrdiff_t>(position.page);
    if (spare_) {
        page_bytes_ -= allocated(sizeof(Page)) + allocated(kPageChunks * sizeof(Chunk));
    } else {
        spare_ = std::move(*place);
    }
    pages_.erase(place);
}

void RecordLedger::find_first() {
    first_ = pages_.empty() ? kNoSequence : lowest(pages_.front()->front());
}

bool RecordLedger::remove(Sequence sequence, std::uint32_t bytes) {
    const Position position = lower_bound(number_of(sequence));
    if (at_end(position)) {
        return false;
    }
    Chunk& chunk = (*pages_[position.page])[position.chunk];
    if (chunk.number != number_of(sequence) || (chunk.live & bit_of(sequence)) == 0) {
        return false;
    }
    take(chunk, sequence, bytes);
    if (chunk.live == 0) {
        erase_chunk(position);
    }
    if (sequence == first_) {
        find_first();
    }
    return true;
}

std::uint64_t RecordLedger::remove_before(Sequence sequence) {
    const std::uint64_t before = messages_;
    while (first_ != kNoSequence && first_ < sequence) {
        Chunk& chunk = pages_.front()->front();
        if (chunk.number < number_of(sequence)) {
            messages_ -= static_cast<std::uint64_t>(std::popcount(chunk.live));
            bytes_ -= chunk.bytes;
            chunk.live = 0;
        } else {
            take(chunk, first_, 0);
        }
        if (chunk.live == 0) {
            erase_chunk({0, 0});
        }
        find_first();
    }
    return before - messages_;
}

bool RecordLedger::contains(Sequence sequence) const {
    const Position position = lower_bound(number_of(sequence));
    return !at_end(position) && at(position).number == number_of(sequence) &&
           (at(position).live & bit_of(sequence)) != 0;
}

Sequence RecordLedger::next(Sequence sequence) const {
    Position position = lower_bound(number_of(sequence));
    if (at_end(position)) {
        return kNoSequence;
    }
    Chunk chunk = at(position);
    if (chunk.number == number_of(sequence)) {
        chunk.live &= ~(bit_of(sequence) - 1);
        if (chunk.live == 0) {
            position = lower_bound(number_of(sequence) + 1);
            if (at_end(position)) {
                return kNoSequence;
            }
            chunk = at(position);
        }
    }
    return lowest(chunk);
}

Sequence RecordLedger::previous(Sequence sequence) const {
    const Position above = lower_bound(number_of(sequence));
    if (!at_end(above) && at(above).number == number_of(sequence)) {
        Chunk chunk = at(above);
        chunk.live &= bit_of(sequence) | (bit_of(sequence) - 1);
        if (chunk.live != 0) {
            return highest(chunk);
        }
    }
    if (above.chunk > 0) {
        return highest((*pages_[above.page])[above.chunk - 1]);
    }
    return above.page > 0 ? highest(pages_[above.page - 1]->back()) : kNoSequence;
}

Sequence RecordLedger::nth_from_end(std::uint64_t n) const {
    if (n >= messages_) {
        return first_;
    }
    for (auto page = pages_.rbegin(); page != pages_.rend(); ++page) {
        for (auto chunk = (*page)->rbegin(); chunk != (*page)->rend(); ++chunk) {
            const auto live = static_cast<std::uint64_t>(std::popcount(chunk->live));
            if (n > live) {
                n -= live;
                continue;
            }
            Chunk rest = *chunk;
            for (; n > 1; --n) {
                rest.live &= ~bit_of(highest(rest));
            }
            return highest(rest);
        }
    }
    return first_;
}

std::uint64_t RecordLedger::count_from(Sequence sequence) const {
    if (sequence <= first_) {
        return messages_;
    }
    std::uint64_t count = 0;
    const std::uint64_t number = number_of(sequence);
    for (auto page = pages_.rbegin(); page != pages_.rend(); ++page) {
        for (auto chunk = (*page)->rbegin(); chunk != (*page)->rend(); ++chunk) {
            if (chunk->number < number) {
                return count;
            }
            const std::uint64_t hidden = chunk->number == number ? bit_of(sequence) - 1 : 0;
            count += static_cast<std::uint64_t>(std::popcount(chunk->live & ~hidden));
        }
    }
    return count;
}

Sequence RecordLedger::first_since(Time time) const {
    const auto page =
        std::partition_point(pages_.begin(), pages_.end(), [&](const auto& candidate) {
            return candidate->back().newest < time;
        });
    if (page == pages_.end()) {
        return kNoSequence;
    }
    const auto chunk =
        std::partition_point((*page)->begin(), (*page)->end(), [&](const Chunk& candidate) {
            return candidate.newest < time;
        });
    Chunk rest = *chunk;
    if (const Detail* const detail = detail_of(rest.number)) {
        while (rest.live != 0 && detail->times[lowest(rest) % kChunk] < time) {
            rest.live &= rest.live - 1;
        }
    }
    // The newest record of the chunk may have been removed.
    return rest.live != 0 ? lowest(rest) : next((rest.number + 1) * kChunk);
}

std::optional<Time> RecordLedger::first_time() const {
    if (pages_.empty()) {
        return std::nullopt;
    }
    const Chunk& chunk = pages_.front()->front();
    const Detail* const detail = detail_of(chunk.number);
    return detail != nullptr ? detail->times[first_ % kChunk] : chunk.newest;
}

std::size_t RecordLedger::memory_bytes() const {
    return page_bytes_ + detail_bytes_ + details_.capacity() * sizeof(details_[0]) +
           pages_.size() * sizeof(pages_[0]);
}

}  // namespace telex::streams
