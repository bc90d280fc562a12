#include "store/rocks_reading.hpp"

#include "store/rocks_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <string>

namespace telex::store {

namespace {

constexpr Sequence kNoSequence = std::numeric_limits<Sequence>::max();

ByteView view_of(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

// An iterator over one family, bounded to one stream if one is given. Pins files while it lives.
class Scan {
public:
    Scan(const RocksDatabase& database, Family family, std::optional<StreamId> stream) {
        rocksdb::ReadOptions options;
        if (stream) {
            lower_ = keys::of(*stream);
            upper_ = keys::end_of(*stream);
            lower_slice_ = lower_;
            upper_slice_ = upper_;
            options.iterate_lower_bound = &lower_slice_;
            options.iterate_upper_bound = &upper_slice_;
        }
        iterator_.reset(database.db().NewIterator(options, database.family(family)));
    }

    rocksdb::Iterator& operator*() const { return *iterator_; }

    rocksdb::Iterator* operator->() const { return iterator_.get(); }

private:
    std::string lower_;
    std::string upper_;
    rocksdb::Slice lower_slice_;
    rocksdb::Slice upper_slice_;
    std::unique_ptr<rocksdb::Iterator> iterator_;
};

Sequence base_of(const rocksdb::Iterator& at) {
    const auto key = keys::parse(view_of(at.key()));
    return key ? key->number : 0;
}

StoreError damage_in_values(Family family, std::string_view text) {
    constexpr std::array kWords = {"blocks", "metadata of streams", "cursors", "holes"};
    return {
        StoreFault::damaged,
        fmt::format("{}: {}", kWords.at(static_cast<std::size_t>(family)), text)
    };
}

}  // namespace

Expected<BlockPtr> RocksReading::parse(StreamId stream, const rocksdb::Iterator& at) const {
    const Sequence base = base_of(at);
    auto block = Block::parse(stream, base, at.value().ToString());
    if (block) {
        return *block;
    }
    BlockDamage& damage = block.error();
    // Without an intact head the block reaches up to the next one.
    const Sequence last = damage.last != 0 ? damage.last : base_after(stream, base) - 1;
    return unexpected(StoreError{
        StoreFault::damaged,
        fmt::format("stream {}, sequences {} to {}: {}", stream, damage.first, last, damage.text),
        stream,
        damage.first,
        last
    });
}

Sequence RocksReading::base_after(StreamId stream, Sequence base) const {
    const Scan scan(database_, Family::data, stream);
    scan->Seek(keys::of(stream, base + 1));
    return scan->Valid() ? base_of(*scan) : kNoSequence;
}

Sequence RocksReading::first_readable(StreamId stream, Sequence sequence) const {
    // The base at or above a sequence; nothing if it cannot be read. Each probe has a new iterator:
    // after a failed seek, a later one of the same iterator may fail, too.
    const auto probe = [&](Sequence to) -> std::optional<Sequence> {
        const Scan scan(database_, Family::data, stream);
        scan->Seek(keys::of(stream, to));
        if (!scan->status().ok()) {
            return std::nullopt;
        }
        return scan->Valid() ? base_of(*scan) : kNoSequence;
    };
    // Doubles the step until something can be read, then halves it to find the first place.
    Sequence bad = sequence;
    Sequence step = 1;
    std::optional<Sequence> found;
    while (!found) {
        if (kNoSequence - bad <= step) {
            return kNoSequence;
        }
        found = probe(bad + step);
        if (!found) {
            bad += step;
            step *= 2;
        }
    }
    Sequence good = bad + step;
    while (good - bad > 1) {
        const Sequence middle = bad + (good - bad) / 2;
        if (const auto base = probe(middle)) {
            good = middle;
            found = base;
        } else {
            bad = middle;
        }
    }
    return *found;
}

StoreError RocksReading::unreadable(StreamId stream, Sequence sequence, const rocksdb::Status& why)
    const {
    const Sequence next = first_readable(stream, sequence);
    const Sequence last = next == kNoSequence ? next : std::max(next - 1, sequence);
    return {
        StoreFault::damaged,
        fmt::format("stream {}, sequences {} to {}: {}", stream, sequence, last, why.ToString()),
        stream,
        sequence,
        last
    };
}

Expected<BlockPtr> RocksReading::find(StreamId stream, Sequence sequence, rocksdb::Iterator& blocks)
    const {
    // Forwards first: the usual case is a sequence that begins a block, and going backwards fails
    // beside damage.
    blocks.Seek(keys::of(stream, sequence));
    if (blocks.Valid() && base_of(blocks) == sequence) {
        return parse(stream, blocks);
    }
    if (blocks.status().ok()) {
        blocks.SeekForPrev(keys::of(stream, sequence));
    }
    if (blocks.Valid()) {
        auto block = parse(stream, blocks);
        const Sequence last = block ? (*block)->last() : block.error().last;
        if (last >= sequence) {
            return block;
        }
    }
    if (blocks.status().ok()) {
        blocks.Seek(keys::of(stream, sequence));
    }
    if (blocks.Valid()) {
        return parse(stream, blocks);
    }
    if (!blocks.status().ok()) {
        return unexpected(unreadable(stream, sequence, blocks.status()));
    }
    return nullptr;
}

Expected<BlockPtr> RocksReading::block_from(StreamId stream, Sequence sequence) const {
    const Scan scan(database_, Family::data, stream);
    return find(stream, sequence, *scan);
}

Expected<BlockPtr> RocksReading::block_before(StreamId stream, Sequence sequence) const {
    const Scan scan(database_, Family::data, stream);
    scan->SeekForPrev(keys::of(stream, sequence));
    if (scan->Valid()) {
        return parse(stream, *scan);
    }
    if (!scan->status().ok()) {
        return unexpected(unreadable(stream, sequence, scan->status()));
    }
    return nullptr;
}

Expected<std::vector<BlockPtr>> RocksReading::blocks_from(
    StreamId stream, Sequence sequence, bool at_edge, std::size_t bytes
) const {
    const Scan scan(database_, Family::data, stream);
    std::vector<BlockPtr> blocks;
    std::size_t read = 0;
    Expected<BlockPtr> block;
    if (at_edge) {
        scan->Seek(keys::of(stream, sequence));
        block = scan->Valid() ? parse(stream, *scan) : nullptr;
    } else {
        block = find(stream, sequence, *scan);
    }
    while (block && *block) {
        read += (*block)->stored().size();
        sequence = (*block)->last() + 1;
        blocks.push_back(std::move(*block));
        if (read >= bytes) {
            return blocks;
        }
        scan->Next();
        block = scan->Valid() ? parse(stream, *scan) : nullptr;
    }
    if (block && !scan->status().ok()) {
        block = unexpected(unreadable(stream, sequence, scan->status()));
    }
    if (!block && blocks.empty()) {
        return unexpected(std::move(block.error()));
    }
    return blocks;
}

Expected<Sequence> RocksReading::base_from(StreamId stream, Sequence sequence) const {
    const Scan scan(database_, Family::data, stream);
    scan->SeekForPrev(keys::of(stream, sequence));
    if (!scan->status().ok()) {
        return unexpected(unreadable(stream, sequence, scan->status()));
    }
    if (!scan->Valid()) {
        return sequence;
    }
    const auto block = parse(stream, *scan);
    return block && (*block)->last() < sequence ? sequence : base_of(*scan);
}

std::vector<StreamId> RocksReading::all_streams() const {
    std::set<StreamId> found;
    visit_sealed(
        Family::meta,
        std::nullopt,
        [&](ByteView key, ByteView) { found.insert(keys::parse_stream(key).value_or(0)); },
        [](const StoreError&) {}
    );
    const Scan scan(database_, Family::data, std::nullopt);
    for (scan->SeekToFirst(); scan->Valid();) {
        const auto key = keys::parse(view_of(scan->key()));
        if (!key) {
            break;
        }
        found.insert(key->stream);
        scan->Seek(keys::end_of(key->stream));
    }
    return {found.begin(), found.end()};
}

void RocksReading::visit_sealed(
    Family family,
    std::optional<StreamId> stream,
    const std::function<void(ByteView key, ByteView bytes)>& visit,
    const std::function<void(StoreError)>& damage
) const {
    const Scan scan(database_, family, stream);
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
        const ByteView key = view_of(scan->key());
        if (const auto bytes = keys::unseal(key, view_of(scan->value()))) {
            visit(key, *bytes);
            continue;
        }
        StoreError error = damage_in_values(family, "wrong checksum");
        if (key.size() >= 4) {
            error.stream = keys::parse_stream(key.substr(0, 4)).value_or(0);
            error.text += fmt::format(" in stream {}", error.stream);
        }
        damage(std::move(error));
    }
    if (!scan->status().ok()) {
        damage(damage_in_values(family, scan->status().ToString()));
    }
}

template <class Value, class Read>
Expected<std::vector<Value>> RocksReading::list(
    Family family, std::optional<StreamId> stream, const Read& read
) const {
    std::vector<Value> all;
    std::optional<StoreError> fault;
    const auto damage = [&](StoreError error) {
        if (!fault) {
            fault = std::move(error);
        }
    };
    visit_sealed(
        family,
        stream,
        [&](ByteView key, ByteView bytes) {
            if (std::optional<Value> value = read(key, bytes)) {
                all.push_back(*std::move(value));
            } else {
                damage(damage_in_values(family, "a key or a value has a wrong form"));
            }
        },
        damage
    );
    if (fault) {
        return unexpected(std::move(*fault));
    }
    return all;
}

Expected<std::vector<StreamMeta>> RocksReading::streams() const {
    return list<StreamMeta>(
        Family::meta,
        std::nullopt,
        [](ByteView key, ByteView bytes) -> std::optional<StreamMeta> {
            const auto stream = keys::parse_stream(key);
            const auto meta = keys::unpack_meta(bytes);
            if (!stream || !meta) {
                return std::nullopt;
            }
            return StreamMeta{*stream, std::string(meta->name), std::string(meta->bytes)};
        }
    );
}

Expected<std::vector<Cursor>> RocksReading::cursors(StreamId stream) const {
    return list<Cursor>(
        Family::cursor,
        stream,
        [](ByteView key, ByteView bytes) -> std::optional<Cursor> {
            const auto parsed = keys::parse(key);
            if (!parsed) {
                return std::nullopt;
            }
            return Cursor{
                parsed->stream, static_cast<ConsumerId>(parsed->number), std::string(bytes)
            };
        }
    );
}

Expected<std::vector<Holes>> RocksReading::holes(StreamId stream) const {
    return list<Holes>(
        Family::holes,
        stream,
        [](ByteView key, ByteView bytes) -> std::optional<Holes> {
            const auto parsed = keys::parse(key);
            if (!parsed) {
                return std::nullopt;
            }
            return Holes{parsed->stream, parsed->number, std::string(bytes)};
        }
    );
}

}  // namespace telex::store
