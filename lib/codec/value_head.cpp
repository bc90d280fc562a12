#include "codec/value_head.hpp"

#include "codec/digits.hpp"

#include <limits>

namespace telex::codec {

namespace {

using Rest = ValueHead::Rest;

constexpr ValueHead kIncompleteValue{.status = ValueHead::Status::incomplete};
constexpr ValueHead kMalformedValue{.status = ValueHead::Status::malformed};

unsigned first_byte(ByteView input) {
    return static_cast<unsigned char>(input.front());
}

std::uint64_t big_endian(ByteView bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) {
        value = value << 8U | static_cast<unsigned char>(byte);
    }
    return value;
}

ValueHead head_of(Rest rest, std::size_t size, std::uint64_t count) {
    return {.rest = rest, .size = size, .count = count};
}

// Keys and values. A count beyond all limits stays one.
std::uint64_t in_pairs(std::uint64_t count) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() / 2;
    return count > kMost ? std::numeric_limits<std::uint64_t>::max() : 2 * count;
}

// --- MessagePack --------------------------------------------------------------------------------

// A length of `width` bytes behind the first one, and `more` bytes that it does not count.
ValueHead msgpack_counted(ByteView input, Rest rest, std::size_t width, std::size_t more = 0) {
    if (input.size() < 1 + width) {
        return kIncompleteValue;
    }
    const std::uint64_t count = big_endian(input.substr(1, width));
    return head_of(rest, 1 + width, count + more);
}

ValueHead msgpack_map(ByteView input, std::size_t width) {
    ValueHead head = msgpack_counted(input, Rest::values, width);
    head.count = in_pairs(head.count);
    return head;
}

// Bytes C0 to DF.
ValueHead msgpack_typed(ByteView input, unsigned type) {
    switch (type) {
        case 0xC0:
        case 0xC2:
        case 0xC3:
            return head_of(Rest::nothing, 1, 0);
        case 0xC4:
        case 0xC5:
        case 0xC6:
            return msgpack_counted(input, Rest::bytes, std::size_t{1} << (type - 0xC4));
        case 0xC7:
        case 0xC8:
        case 0xC9:  // extensions have a byte of type
            return msgpack_counted(input, Rest::bytes, std::size_t{1} << (type - 0xC7), 1);
        case 0xCA:
        case 0xCB:
            return head_of(Rest::bytes, 1, std::uint64_t{4} << (type - 0xCA));
        case 0xD9:
        case 0xDA:
        case 0xDB:
            return msgpack_counted(input, Rest::bytes, std::size_t{1} << (type - 0xD9));
        case 0xDC:
        case 0xDD:
            return msgpack_counted(input, Rest::values, std::size_t{2} << (type - 0xDC));
        case 0xDE:
        case 0xDF:
            return msgpack_map(input, std::size_t{2} << (type - 0xDE));
        default:
            break;
    }
    if (type >= 0xCC && type <= 0xD3) {  // integers of 1, 2, 4, 8 bytes, without and with sign
        return head_of(Rest::bytes, 1, std::uint64_t{1} << (type & 3U));
    }
    if (type >= 0xD4 && type <= 0xD8) {  // extensions of 1 to 16 bytes
        return head_of(Rest::bytes, 1, (std::uint64_t{1} << (type - 0xD4)) + 1);
    }
    return kMalformedValue;  // C1
}

// --- CBOR ---------------------------------------------------------------------------------------

enum class CborMajor : std::uint8_t { number, negative, bytes, text, array, map, tag, simple };

constexpr unsigned kCborIndefinite = 31;

ValueHead cbor_indefinite(CborMajor major) {
    switch (major) {
        case CborMajor::bytes:
        case CborMajor::text:
            return {.rest = Rest::chunks, .size = 1, .type = static_cast<std::uint8_t>(major)};
        case CborMajor::array:
            return head_of(Rest::items, 1, 0);
        case CborMajor::map:
            return head_of(Rest::pairs, 1, 0);
        case CborMajor::simple:
            return head_of(Rest::stop, 1, 0);
        case CborMajor::number:
        case CborMajor::negative:
        case CborMajor::tag:
            break;
    }
    return kMalformedValue;
}

ValueHead cbor_definite(CborMajor major, std::size_t size, std::uint64_t argument) {
    switch (major) {
        case CborMajor::bytes:
        case CborMajor::text:
            return {
                .rest = Rest::bytes,
                .size = size,
                .count = argument,
                .type = static_cast<std::uint8_t>(major),
                .is_string = true
            };
        case CborMajor::array:
            return head_of(Rest::values, size, argument);
        case CborMajor::map:
            return head_of(Rest::values, size, in_pairs(argument));
        case CborMajor::tag:
            return head_of(Rest::values, size, 1);
        case CborMajor::simple:
            // Values below 32 have a notation of one byte only.
            return size == 2 && argument < 32 ? kMalformedValue : head_of(Rest::nothing, size, 0);
        case CborMajor::number:
        case CborMajor::negative:
            break;
    }
    return head_of(Rest::nothing, size, 0);
}

// --- RESP ---------------------------------------------------------------------------------------

constexpr std::size_t kMaxRespDigits = 10;

// Type, digits, CR LF. Of "-1", the null of RESP2, only where `null` allows it.
ValueHead resp_counted(ByteView input, Rest rest, bool null) {
    std::size_t at = 1;
    const bool negative = null && input.size() > 1 && input[1] == '-';
    at += negative ? 1 : 0;
    const std::size_t digits_begin = at;
    std::uint64_t count = 0;
    for (; at < input.size() && is_digit(input[at]); ++at) {
        count = 10 * count + digit_value(input[at]);
        if (at - digits_begin == kMaxRespDigits || (negative && count != 1)) {
            return kMalformedValue;
        }
    }
    const ByteView end = input.substr(at, 2);
    const bool no_digits = at == digits_begin && !end.empty();
    if (no_digits || !ByteView("\r\n").starts_with(end)) {
        return kMalformedValue;
    }
    if (end.size() < 2) {
        return kIncompleteValue;
    }
    return head_of(negative ? Rest::nothing : rest, at + 2, negative ? 0 : count);
}

}  // namespace

ValueHead read_msgpack_head(ByteView input) {
    const unsigned type = first_byte(input);
    if (type < 0x80U || type >= 0xE0U) {
        return head_of(Rest::nothing, 1, 0);  // an integer
    }
    if (type < 0x90U) {
        return head_of(Rest::values, 1, in_pairs(type & 0x0FU));
    }
    if (type < 0xA0U) {
        return head_of(Rest::values, 1, type & 0x0FU);
    }
    return type < 0xC0U ? head_of(Rest::bytes, 1, type & 0x1FU) : msgpack_typed(input, type);
}

ValueHead read_cbor_head(ByteView input) {
    const unsigned first = first_byte(input);
    const auto major = static_cast<CborMajor>(first >> 5U);
    const unsigned info = first & 0x1FU;
    if (info < 24) {
        return cbor_definite(major, 1, info);
    }
    if (info == kCborIndefinite) {
        return cbor_indefinite(major);
    }
    if (info > 27) {
        return kMalformedValue;  // reserved
    }
    const std::size_t width = std::size_t{1} << (info - 24);
    if (input.size() < 1 + width) {
        return kIncompleteValue;
    }
    return cbor_definite(major, 1 + width, big_endian(input.substr(1, width)));
}

ValueHead read_resp_head(ByteView input) {
    switch (input.front()) {
        case '+':
        case '-':
        case ':':
        case '_':
        case '#':
        case ',':
        case '(':
            return head_of(Rest::line, 1, 0);
        case '$':
            return resp_counted(input, Rest::blob, true);
        case '!':
        case '=':
            return resp_counted(input, Rest::blob, false);
        case '*':
            return resp_counted(input, Rest::values, true);
        case '~':
        case '>':
            return resp_counted(input, Rest::values, false);
        case '%':
        case '|': {
            ValueHead head = resp_counted(input, Rest::values, false);
            // Attributes come before the value that they belong to.
            head.count = in_pairs(head.count) + (input.front() == '|' ? 1 : 0);
            return head;
        }
        default:
            break;
    }
    return kMalformedValue;
}

}  // namespace telex::codec
