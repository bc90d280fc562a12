#pragma once
// A hash of short strings with a secret key, for tables whose keys peers choose.
//
// Every 16 bytes are multiplied (64 x 64 -> 128 bits) and the halves of the product xored, as in
// wyhash. The key is drawn once per process and the hash is never sent to a peer: without the key,
// colliding strings cannot be prepared.
#include "match/random.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace telex::match {

// Value type, safe to copy; equal seeds give equal hashes. Any thread.
class KeyedHash {
public:
    using is_transparent = void;  // hashes std::string and std::string_view alike

    explicit KeyedHash(std::uint64_t seed) {
        SplitMix64 random(seed);
        for (std::uint64_t& key : keys_) {
            key = random.next();
        }
    }

    std::uint64_t operator()(std::string_view bytes) const {
        const char* at = bytes.data();
        std::size_t left = bytes.size();
        // Added, not xored: the length must not cancel a bit of the data.
        std::uint64_t state = keys_[0] + left * kSpread;
        while (left > 16) {
            state = fold(load8(at) ^ keys_[1], load8(at + 8) ^ state);
            at += 16;
            left -= 16;
        }
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        if (left >= 8) {
            low = load8(at);
            high = load8(at + left - 8);
        } else if (left >= 4) {
            low = load4(at);
            high = load4(at + left - 4);
        } else if (left > 0) {
            low = load1(at) | load1(at + left / 2) << 8 | load1(at + left - 1) << 16;
        }
        return fold(fold(low ^ keys_[2], high ^ state) ^ keys_[3], keys_[1]);
    }

    // The hash of a pair, given the hash of one half.
    std::uint64_t combine(std::uint64_t hash, std::uint32_t number) const {
        return fold(hash ^ keys_[2], keys_[3] + number * kSpread);
    }

private:
    static constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;

    static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    static std::uint64_t load8(const char* at) {
        std::uint64_t value = 0;
        std::memcpy(&value, at, sizeof value);
        return value;
    }

    static std::uint64_t load4(const char* at) {
        std::uint32_t value = 0;
        std::memcpy(&value, at, sizeof value);
        return value;
    }

    static std::uint64_t load1(const char* at) { return static_cast<unsigned char>(*at); }

    std::uint64_t keys_[4];
};

}  // namespace telex::match
