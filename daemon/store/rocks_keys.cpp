#include "store/rocks_keys.hpp"

#include "store/little_endian.hpp"

#include <xxhash.h>

namespace telex::store::keys {

namespace {

constexpr std::size_t kSealBytes = 8;
constexpr std::size_t kStreamBytes = 4;
constexpr std::size_t kFullBytes = 12;

void append_big(std::string& out, std::uint64_t value, unsigned bytes) {
    while (bytes-- > 0) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * bytes))));
    }
}

std::uint64_t get_big(ByteView bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) {
        value = (value << 8) | static_cast<unsigned char>(byte);
    }
    return value;
}

std::uint64_t seal_of(ByteView key, ByteView bytes) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), XXH3_64bits(key.data(), key.size()));
}

}  // namespace

std::string of(StreamId stream, std::uint64_t number) {
    std::string key;
    append_big(key, stream, kStreamBytes);
    append_big(key, number, kFullBytes - kStreamBytes);
    return key;
}

std::string of(StreamId stream) {
    std::string key;
    append_big(key, stream, kStreamBytes);
    return key;
}

std::string end_of(StreamId stream) {
    // One byte more than any key of the stream has, so that it is above the last one.
    return of(stream, UINT64_MAX) + '\xff';
}

std::optional<Parsed> parse(ByteView key) {
    if (key.size() != kFullBytes) {
        return std::nullopt;
    }
    return Parsed{
        static_cast<StreamId>(get_big(key.substr(0, kStreamBytes))),
        get_big(key.substr(kStreamBytes))
    };
}

std::optional<StreamId> parse_stream(ByteView key) {
    if (key.size() != kStreamBytes) {
        return std::nullopt;
    }
    return static_cast<StreamId>(get_big(key));
}

std::string seal(ByteView key, ByteView bytes) {
    std::string sealed(kSealBytes, '\0');
    put_little(sealed.data(), seal_of(key, bytes));
    return sealed.append(bytes);
}

std::optional<ByteView> unseal(ByteView key, ByteView sealed) {
    if (sealed.size() < kSealBytes) {
        return std::nullopt;
    }
    const ByteView bytes = sealed.substr(kSealBytes);
    if (get_little<std::uint64_t>(sealed.data()) != seal_of(key, bytes)) {
        return std::nullopt;
    }
    return bytes;
}

std::string pack_meta(ByteView name, ByteView bytes) {
    std::string packed(2, '\0');
    put_little(packed.data(), static_cast<std::uint16_t>(name.size()));
    return packed.append(name).append(bytes);
}

std::optional<Meta> unpack_meta(ByteView packed) {
    if (packed.size() < 2) {
        return std::nullopt;
    }
    const std::size_t size = get_little<std::uint16_t>(packed.data());
    if (packed.size() - 2 < size) {
        return std::nullopt;
    }
    return Meta{packed.substr(2, size), packed.substr(2 + size)};
}

}  // namespace telex::store::keys
