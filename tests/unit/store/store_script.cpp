#include "unit/store/store_script.hpp"

#include <fmt/format.h>

namespace telex::store::test {

namespace {

std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

std::string reported(const StoreError& error) {
    return std::string(kReported) + error.text;
}

std::string difference_of_records(const Store& store, StreamId stream, Sequence last) {
    const auto reader = store.reader(stream);
    Sequence next = 1;
    for (auto block = reader->next();; block = reader->next()) {
        if (!block) {
            return reported(block.error());
        }
        if (*block == nullptr) {
            break;
        }
        for (std::size_t i = 0; i < (*block)->size(); ++i, ++next) {
            if ((*block)->record(i) != OwnedRecord(stream, next).view()) {
                return fmt::format("stream {}: record {} differs", stream, next);
            }
        }
    }
    if (next != last + 1) {
        return fmt::format("stream {} ends at {} instead of {}", stream, next - 1, last);
    }
    return {};
}

}  // namespace

OwnedRecord::OwnedRecord(StreamId stream_id, Sequence number)
    : stream(stream_id),
      sequence(number),
      subject(fmt::format("stream.{}.{}", stream_id, mixed(number) % 7)),
      message_id(number % 3 == 0 ? fmt::format("id-{}", number) : ""),
      body(mixed(number * 8 + stream_id) % 200, static_cast<char>('a' + number % 26)) {
    for (std::size_t i = 0; i < body.size(); i += 16) {
        body[i] = static_cast<char>(mixed(number + i));
    }
}

Record OwnedRecord::view() const {
    return {
        .sequence = sequence,
        .time = static_cast<std::int64_t>(1'700'000'000'000'000'000 + sequence * 1000),
        .flags = static_cast<std::uint8_t>(sequence),
        .subject = subject,
        .message_id = message_id,
        .body = body,
    };
}

std::vector<BlockPtr> blocks_of(
    StreamId stream, Sequence first, std::uint64_t count, Compression compression
) {
    std::vector<OwnedRecord> owned;
    std::vector<Record> records;
    owned.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        records.push_back(owned.emplace_back(stream, first + i).view());
    }
    std::vector<BlockPtr> blocks;
    const auto added = BlockBuilder().add_blocks(stream, records, compression, blocks);
    return added ? blocks : std::vector<BlockPtr>{};
}

std::uint64_t StoreScript::count_of(std::uint64_t number, StreamId stream) const {
    // The second stream gets records seldom, the third many at once and seldom.
    switch (stream) {
        case 1:
            return 1 + mixed(number) % records_;
        case 2:
            return number % 4 == 0 ? 1 + mixed(number + 1) % records_ : 0;
        default:
            return number % 9 == 5 ? records_ * 4 : 0;
    }
}

Commit StoreScript::commit(std::uint64_t number) const {
    Commit commit;
    for (StreamId stream = 1; stream <= kScriptStreams; ++stream) {
        const auto blocks = blocks_of(
            stream,
            last_after(number - 1, stream) + 1,
            count_of(number, stream),
            stream == 3 ? Compression::zstd : Compression::none
        );
        commit.blocks.insert(commit.blocks.end(), blocks.begin(), blocks.end());
        commit.streams.push_back({stream, fmt::format("s{}", stream), std::to_string(number)});
        commit.cursors.push_back({stream, 7, fmt::format("floor {}", number)});
    }
    commit.holes.push_back({1, 1 + number % 5, fmt::format("bits {}", number)});
    return commit;
}

Sequence StoreScript::last_after(std::uint64_t number, StreamId stream) const {
    Sequence last = 0;
    for (std::uint64_t i = 1; i <= number; ++i) {
        last += count_of(i, stream);
    }
    return last;
}

std::optional<std::uint64_t> StoreScript::last_commit(const Store& store) {
    const auto streams = store.streams();
    if (!streams) {
        return std::nullopt;
    }
    return streams->empty() ? 0 : std::stoull(streams->front().bytes);
}

std::string StoreScript::difference(const Store& store, std::uint64_t number) const {
    const auto streams = store.streams();
    if (!streams) {
        return reported(streams.error());
    }
    if (streams->size() != (number == 0 ? 0 : kScriptStreams)) {
        return fmt::format("{} streams", streams->size());
    }
    for (const StreamMeta& meta : *streams) {
        if (meta.bytes != std::to_string(number)) {
            return fmt::format("stream {}: metadata of commit {}", meta.stream, meta.bytes);
        }
        const auto cursors = store.cursors(meta.stream);
        if (!cursors) {
            return reported(cursors.error());
        }
        if (cursors->size() != 1 || cursors->front().bytes != fmt::format("floor {}", number)) {
            return fmt::format("stream {}: wrong cursor", meta.stream);
        }
        if (std::string text =
                difference_of_records(store, meta.stream, last_after(number, meta.stream));
            !text.empty()) {
            return text;
        }
    }
    const auto holes = store.holes(1);
    if (!holes) {
        return reported(holes.error());
    }
    if (holes->size() != std::min<std::uint64_t>(number, 5)) {
        return fmt::format("{} holes", holes->size());
    }
    return {};
}

}  // namespace telex::store::test
