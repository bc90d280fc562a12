#pragma once
// Keys and values of RocksDB, except for blocks. Keys are big-endian, so that their order is that
// of the numbers. A value of metadata, a cursor or holes begins with a checksum that also covers
// its key: bytes under a wrong key are damage.
#include "base/bytes.hpp"
#include "store/store_types.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace telex::store::keys {

// stream u32 | number u64: the key of a block, of its holes, and (with a consumer) of a cursor.
std::string of(StreamId stream, std::uint64_t number);
// stream u32: the key of metadata, and the lower bound of all keys of a stream.
std::string of(StreamId stream);
// Above all keys of a stream; also for the largest stream id.
std::string end_of(StreamId stream);

struct Parsed {
    StreamId stream = 0;
    std::uint64_t number = 0;
};

// Returns nothing unless the key has twelve bytes.
std::optional<Parsed> parse(ByteView key);
// Returns nothing unless the key has four bytes.
std::optional<StreamId> parse_stream(ByteView key);

// checksum u64 | bytes
std::string seal(ByteView key, ByteView bytes);
// Returns nothing if the checksum is wrong.
std::optional<ByteView> unseal(ByteView key, ByteView sealed);

// name length u16 | name | bytes. Requires a name of at most 65,535 bytes.
std::string pack_meta(ByteView name, ByteView bytes);

struct Meta {
    ByteView name;
    ByteView bytes;
};

std::optional<Meta> unpack_meta(ByteView packed);

}  // namespace telex::store::keys
