#include "storage/restore.hpp"

#include "storage/publication_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace telex::storage {

namespace {

constexpr std::uint64_t kMaxTtlMilliseconds = 100ULL * 366 * 24 * 3'600 * 1'000;

StreamFault damage_of(const StoredStream& stream, std::string_view text) {
    return {v1::STREAM_DAMAGED, fmt::format("stream '{}': {}", stream.name, text)};
}

bool bit_of(ByteView bitmap, Sequence offset) {
    return offset / 8 < bitmap.size() &&
           (static_cast<unsigned char>(bitmap[offset / 8]) >> (offset % 8) & 1U) != 0;
}

// Restores one stream.
class StreamRestore {
public:
    StreamRestore(const RestoreInput& input, StoredStream& stream, streams::StreamState& state)
        : input_(input), stream_(stream), state_(state) {}

    [[nodiscard]] StreamResult<void> run() {
        stream_.blocks.clear();
        if (auto prepared = prepare(); !prepared) {
            return prepared;
        }
        const auto reader = input_.store.reader(stream_.number);
        while (true) {
            const auto block = reader->next();
            if (!block) {
                return unexpected(damage_of(stream_, block.error().text));
            }
            if (*block == nullptr) {
                return {};
            }
            if (!add(**block)) {
                return unexpected(damage_of(
                    stream_,
                    fmt::format(
                        "the bitmap of removed records from {} on is damaged", (*block)->base()
                    )
                ));
            }
        }
    }

private:
    // Finds the time from which on ids are remembered, and the bitmaps.
    [[nodiscard]] StreamResult<void> prepare() {
        auto holes = input_.store.holes(stream_.number);
        if (!holes) {
            return unexpected(damage_of(stream_, holes.error().text));
        }
        holes_ = std::move(*holes);
        const auto newest =
            input_.store.block_before(stream_.number, std::numeric_limits<Sequence>::max());
        if (!newest) {
            return unexpected(damage_of(stream_, newest.error().text));
        }
        if (*newest != nullptr) {
            now_ = streams::Time(streams::Duration((*newest)->last_time()));
            const auto window = state_.options().duplicate_window;
            ids_since_ = window ? now_ - *window : streams::kNoDeadline;
        }
        return {};
    }

    // The bitmap of the block; empty without one.
    ByteView holes_of(Sequence base) {
        while (next_hole_ < holes_.size() && holes_[next_hole_].base < base) {
            ++next_hole_;
        }
        const bool found = next_hole_ < holes_.size() && holes_[next_hole_].base == base;
        return found ? ByteView(holes_[next_hole_].bitmap) : ByteView();
    }

    bool add(const store::Block& block) {
        stream_.blocks.add_block(block.base(), block.last());
        const ByteView bitmap = holes_of(block.base());
        if (!bitmap.empty() && !stream_.blocks.load(block.base(), bitmap)) {
            return false;
        }
        for (std::size_t i = 0; i < block.size(); ++i) {
            const store::Record record = block.record(i);
            const bool removed =
                record.sequence < input_.first || bit_of(bitmap, record.sequence - block.base());
            add(record, removed);
        }
        if (input_.on_block) {
            input_.on_block(block.stored().size());
        }
        return true;
    }

    void add(const store::Record& record, bool removed) {
        const streams::Time time{streams::Duration(record.time)};
        const bool has_id = !record.message_id.empty() && time >= ids_since_;
        if (removed && !has_id) {
            return;
        }
        streams::RecordFacts facts{
            .sequence = record.sequence,
            .time = time,
            .subject = record.subject,
            .bytes = static_cast<std::uint32_t>(record.body.size()),
            .removed = removed
        };
        if (has_id) {
            facts.id = input_.hasher(record.message_id);
        }
        if ((record.flags & kHasTtl) != 0) {
            const auto publication = read_publication(record.body);
            facts.ttl = ttl_of(publication ? publication->ttl_ms : 0);
        }
        state_.restore_newer(facts, now_);
    }

    const RestoreInput& input_;
    StoredStream& stream_;
    streams::StreamState& state_;
    std::vector<store::Holes> holes_;
    std::size_t next_hole_ = 0;
    streams::Time now_{};  // of the newest record
    streams::Time ids_since_{};
};

}  // namespace

streams::Duration ttl_of(std::uint64_t milliseconds) {
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::min(milliseconds, kMaxTtlMilliseconds))
    );
}

StreamResult<void> restore_records(
    const RestoreInput& input,
    StoredStream& stream,
    streams::StreamState& state,
    streams::Removals& removals
) {
    if (auto restored = StreamRestore(input, stream, state).run(); !restored) {
        return restored;
    }
    state.finish_restore(std::max(input.last, input.first - 1), removals);
    stream.first.store(input.first, std::memory_order_release);
    stream.last.store(state.last(), std::memory_order_release);
    return {};
}

}  // namespace telex::storage
