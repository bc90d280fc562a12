#include "store/block_layout.hpp"

#include "store/little_endian.hpp"

#include <xxhash.h>

#include <cstring>

namespace telex::store::layout {

namespace {

constexpr std::size_t kIndexChecksum = 8;
constexpr std::size_t kRecordChecksum = 4;

std::uint64_t index_checksum(StreamId stream, const char* index, std::size_t bytes) {
    return XXH3_64bits_withSeed(index + kIndexChecksum, bytes - kIndexChecksum, stream);
}

std::uint32_t record_checksum(ByteView bytes, Sequence sequence) {
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(
        bytes.data() + kRecordChecksum, bytes.size() - kRecordChecksum, sequence
    ));
}

std::uint64_t time_delta(std::int64_t time, std::int64_t first) {
    return to_zigzag(static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(first));
}

char* put_text(char* out, std::string_view text) {
    if (!text.empty()) {
        std::memcpy(out, text.data(), text.size());
    }
    return out + text.size();
}

bool take_text(ByteView& bytes, std::string_view& text) {
    std::uint64_t size = 0;
    if (!take_varint(bytes, size) || size > bytes.size()) {
        return false;
    }
    text = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return true;
}

}  // namespace

void write_head(const Head& head, StreamId stream, char* index) {
    char* out = index + kIndexChecksum;
    out = put_little(out, head.version);
    out = put_little(out, head.flags);
    out = put_little(out, head.count);
    out = put_little(out, std::uint32_t{head.digest_count} | (head.packed_check << 8));
    out = put_little(out, head.record_bytes);
    out = put_little(out, head.stored_bytes);
    out = put_little(out, head.base);
    out = put_little(out, head.last);
    out = put_little(out, static_cast<std::uint64_t>(head.first_time));
    put_little(out, static_cast<std::uint64_t>(head.last_time));
    put_little(index, index_checksum(stream, index, head.index_bytes()));
}

Head read_head(ByteView bytes) {
    const char* in = bytes.data();
    const auto packed = get_little<std::uint32_t>(in + 12);
    return {
        .version = get_little<std::uint8_t>(in + 8),
        .flags = get_little<std::uint8_t>(in + 9),
        .count = get_little<std::uint16_t>(in + 10),
        .digest_count = static_cast<std::uint8_t>(packed),
        .packed_check = packed >> 8,
        .record_bytes = get_little<std::uint32_t>(in + 16),
        .stored_bytes = get_little<std::uint32_t>(in + 20),
        .base = get_little<std::uint64_t>(in + 24),
        .last = get_little<std::uint64_t>(in + 32),
        .first_time = static_cast<std::int64_t>(get_little<std::uint64_t>(in + 40)),
        .last_time = static_cast<std::int64_t>(get_little<std::uint64_t>(in + 48)),
    };
}

bool index_is_intact(const Head& head, StreamId stream, ByteView bytes) {
    return get_little<std::uint64_t>(bytes.data()) ==
           index_checksum(stream, bytes.data(), head.index_bytes());
}

std::uint32_t packed_check(ByteView packed) {
    return static_cast<std::uint32_t>(XXH3_64bits(packed.data(), packed.size()) >> 40);
}

std::size_t encoded_size(const Record& record, Sequence base, std::int64_t first_time) {
    return kRecordChecksum + varint_size(record.sequence - base) +
           varint_size(time_delta(record.time, first_time)) + 1 +
           varint_size(record.subject.size()) + record.subject.size() +
           varint_size(record.message_id.size()) + record.message_id.size() + record.body.size();
}

char* encode(const Record& record, Sequence base, std::int64_t first_time, char* out) {
    char* const begin = out;
    out += kRecordChecksum;
    out = put_varint(out, record.sequence - base);
    out = put_varint(out, time_delta(record.time, first_time));
    out = put_little(out, record.flags);
    out = put_varint(out, record.subject.size());
    out = put_text(out, record.subject);
    out = put_varint(out, record.message_id.size());
    out = put_text(out, record.message_id);
    out = put_text(out, record.body);
    const ByteView bytes(begin, static_cast<std::size_t>(out - begin));
    put_little(begin, record_checksum(bytes, record.sequence));
    return out;
}

bool decode(ByteView bytes, Sequence base, std::int64_t first_time, Record& record) {
    std::uint64_t sequence = 0;
    std::uint64_t time = 0;
    if (bytes.size() <= kRecordChecksum) {
        return false;
    }
    bytes.remove_prefix(kRecordChecksum);
    if (!take_varint(bytes, sequence) || !take_varint(bytes, time) || bytes.empty()) {
        return false;
    }
    record.sequence = base + sequence;
    record.time =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(first_time) + from_zigzag(time));
    record.flags = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (!take_text(bytes, record.subject) || !take_text(bytes, record.message_id)) {
        return false;
    }
    record.body = bytes;
    return true;
}

bool record_is_intact(ByteView bytes, Sequence sequence) {
    return get_little<std::uint32_t>(bytes.data()) == record_checksum(bytes, sequence);
}

}  // namespace telex::store::layout
