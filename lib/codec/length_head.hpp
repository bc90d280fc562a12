#pragma once
// Reads and writes the head of a length-prefixed frame: the bytes before the field, the field and
// its terminator. Readers do not look at the bytes before the field. One reader per encoding, so
// that the decoder is compiled for each. Each stops at the first invalid byte: no head is read
// beyond its limit.
#include "base/bytes.hpp"
#include "codec/encoder.hpp"
#include "codec/framing.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace telex::codec {

struct LengthHead {
    enum class Status : std::uint8_t { complete, incomplete, malformed };

    Status status = Status::incomplete;
    std::uint32_t size = 0;  // complete: bytes of the head
    std::uint64_t field = 0;
};

class BinaryHeadReader {
public:
    explicit BinaryHeadReader(const LengthOptions& options)
        : at_(options.at), width_(options.width), big_(options.order == ByteOrder::big) {}

    // Minimum size of a head.
    std::size_t min_size() const { return std::size_t{at_} + width_; }

    [[gnu::always_inline]] LengthHead read(ByteView input) const {
        if (input.size() < min_size()) {
            return {};
        }
        const char* field = input.data() + at_;
        // One 8-byte load where the input has them, else byte by byte.
        std::uint64_t word = 0;
        if (input.size() - at_ >= sizeof(word)) [[likely]] {
            std::memcpy(&word, field, sizeof(word));
        } else {
            std::memcpy(&word, field, width_);
        }
        const unsigned unused_bits = 64U - 8U * width_;
        static_assert(std::endian::native == std::endian::little);
        const std::uint64_t value =
            big_ ? __builtin_bswap64(word) >> unused_bits : (word << unused_bits) >> unused_bits;
        return {
            .status = LengthHead::Status::complete,
            .size = static_cast<std::uint32_t>(at_) + width_,
            .field = value
        };
    }

private:
    std::uint16_t at_;
    std::uint8_t width_;
    bool big_;
};

// LEB128 as in protobuf and MQTT: seven bits per byte, the lowest first.
class Leb128HeadReader {
public:
    explicit Leb128HeadReader(const LengthOptions& options)
        : at_(options.at), max_bytes_(options.width), canonical_(options.canonical) {}

    std::size_t min_size() const { return std::size_t{at_} + 1; }

    LengthHead read(ByteView input) const {
        if (input.size() <= at_) {
            return {};
        }
        const auto first = static_cast<unsigned char>(input[at_]);
        if (first < 0x80U) [[likely]] {
            return {
                .status = LengthHead::Status::complete,
                .size = static_cast<std::uint32_t>(at_) + 1,
                .field = first
            };
        }
        return read_long(input);
    }

private:
    LengthHead read_long(ByteView input) const {
        std::uint64_t value = 0;
        const std::size_t end = std::min<std::size_t>(input.size(), std::size_t{at_} + max_bytes_);
        unsigned shift = 0;
        for (std::size_t i = at_; i < end; ++i, shift += 7) {
            const auto byte = static_cast<unsigned char>(input[i]);
            if (shift == 63 && byte > 1) {
                return {.status = LengthHead::Status::malformed};  // more than 64 bits
            }
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80U) {
                if (canonical_ && byte == 0) {
                    return {.status = LengthHead::Status::malformed};
                }
                return {
                    .status = LengthHead::Status::complete,
                    .size = static_cast<std::uint32_t>(i) + 1,
                    .field = value
                };
            }
        }
        const bool too_long = end == std::size_t{at_} + max_bytes_;
        return {
            .status = too_long ? LengthHead::Status::malformed : LengthHead::Status::incomplete
        };
    }

    std::uint16_t at_;
    std::uint8_t max_bytes_;
    bool canonical_;
};

// ASCII digits, decimal or hexadecimal, and a terminator: netstrings, RFC 6587 octet counting. Or a
// fixed number of digits: adb, ISO 8583. No sign, no space, no prefix.
class DigitsHeadReader {
public:
    explicit DigitsHeadReader(const LengthOptions& options)
        : at_(options.at),
          max_digits_(options.width),
          base_(options.encoding == LengthEncoding::hex ? 16 : 10),
          canonical_(options.canonical),
          terminator_(options.terminator) {}

    std::size_t min_size() const { return terminator_.empty() ? at_ + max_digits_ : at_ + 1U; }

    LengthHead read(ByteView input) const;

private:
    LengthHead terminated(ByteView field, std::size_t digits, std::uint64_t value) const;

    std::size_t at_;
    std::size_t max_digits_;
    unsigned base_;
    bool canonical_;
    std::string terminator_;
};

// Packed binary-coded decimals: two digits in each byte.
class BcdHeadReader {
public:
    explicit BcdHeadReader(const LengthOptions& options) : at_(options.at), width_(options.width) {}

    std::size_t min_size() const { return std::size_t{at_} + width_; }

    LengthHead read(ByteView input) const;

private:
    std::uint16_t at_;
    std::uint8_t width_;
};

// X.690 8.1.3: one byte below 80, or 80 + n and a number of n bytes. The indefinite form, 80, is
// malformed: it does not say where the body ends.
class BerHeadReader {
public:
    explicit BerHeadReader(const LengthOptions& options)
        : at_(options.at), max_bytes_(options.width), canonical_(options.canonical) {}

    std::size_t min_size() const { return std::size_t{at_} + 1; }

    LengthHead read(ByteView input) const;

private:
    std::uint16_t at_;
    std::uint8_t max_bytes_;
    bool canonical_;
};

// Appends the shortest LEB128 notation.
inline void write_leb128(std::uint64_t field, Wrapping& out) {
    char* at = out.head_bytes.data() + out.head_size;
    while (field >= 0x80U) {
        *at++ = static_cast<char>((field & 0x7FU) | 0x80U);
        field >>= 7U;
    }
    *at++ = static_cast<char>(field);
    out.head_size = static_cast<std::uint8_t>(at - out.head_bytes.data());
}

// Returns true if the field is written in ASCII digits.
bool has_digits(const LengthOptions& options);

// Returns true if each field of these options has `width` bytes.
bool has_fixed_width(const LengthOptions& options);

// Size of the longest head that these options allow.
std::size_t max_head_bytes(const LengthOptions& options);

// Writes the head with this field value, which must fit the field. For wrappings: heads of at most
// kMaxHeadBytes.
void write_head(const LengthOptions& options, std::uint64_t field, Wrapping& out);
void append_head(const LengthOptions& options, std::uint64_t field, std::string& out);

}  // namespace telex::codec
