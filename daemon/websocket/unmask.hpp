#pragma once
// Removes the mask of a client's payload (RFC 6455, 5.3): each byte is combined with one of the
// mask's four, in turn. Eight bytes at a time.
#include "websocket/wire.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace telex::websocket {

class Mask {
public:
    using Bytes = std::array<char, kMaskBytes>;

    void assign(const Bytes& bytes) {
        bytes_ = bytes;
        turn_ = 0;
    }

    // Writes the next `size` bytes of the payload to `to`, which may be `from`, or before it.
    void remove(const char* from, char* to, std::size_t size) {
        std::array<char, sizeof(std::uint64_t)> turned{};
        for (std::size_t i = 0; i < turned.size(); ++i) {
            turned[i] = bytes_[(turn_ + i) % kMaskBytes];
        }
        std::uint64_t mask = 0;
        std::memcpy(&mask, turned.data(), sizeof mask);
        std::size_t at = 0;
        for (; at + sizeof mask <= size; at += sizeof mask) {
            std::uint64_t word = 0;
            std::memcpy(&word, from + at, sizeof word);
            word ^= mask;
            std::memcpy(to + at, &word, sizeof word);
        }
        for (std::size_t i = 0; at < size; ++at, ++i) {
            to[at] = static_cast<char>(from[at] ^ turned[i]);
        }
        turn_ = (turn_ + size) % kMaskBytes;
    }

private:
    Bytes bytes_{};
    std::size_t turn_ = 0;  // which of them is next
};

}  // namespace telex::websocket
