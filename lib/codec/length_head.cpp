#include "codec/length_head.hpp"

#include "base/short_bytes.hpp"
#include "codec/digits.hpp"
#include "codec/scaled_head.hpp"

#include <array>
#include <charconv>

namespace telex::codec {

namespace {

constexpr LengthHead kMalformed{.status = LengthHead::Status::malformed};

LengthHead complete(std::size_t size, std::uint64_t field) {
    return {
        .status = LengthHead::Status::complete,
        .size = static_cast<std::uint32_t>(size),
        .field = field
    };
}

void put(Wrapping& out, char byte) {
    out.head_bytes[out.head_size++] = byte;
}

void write_binary(const LengthOptions& options, std::uint64_t field, Wrapping& out) {
    if (options.unit != 1 || !options.flags.empty()) {
        field = field / options.unit | number_of(options.flags, options.order);
    }
    for (unsigned i = 0; i < options.width; ++i) {
        const unsigned byte = options.order == ByteOrder::little ? i : options.width - 1U - i;
        put(out, static_cast<char>((field >> (8U * byte)) & 0xFFU));
    }
}

// In lower case.
void write_digits(const LengthOptions& options, std::uint64_t field, Wrapping& out) {
    std::array<char, 20> digits;
    char* const end = digits.data() + digits.size();
    const auto written = options.encoding == LengthEncoding::hex
                             ? std::to_chars(digits.data(), end, field, 16)
                             : std::to_chars(digits.data(), end, field);
    const auto size = static_cast<std::size_t>(written.ptr - digits.data());
    if (has_fixed_width(options)) {
        for (std::size_t zeros = size; zeros < options.width; ++zeros) {
            put(out, '0');
        }
    }
    char* const begin = out.head_bytes.data() + out.head_size;
    out.head_size = static_cast<std::uint8_t>(out.head_size + size);
    copy_to(begin, {digits.data(), size});
}

void write_bcd(const LengthOptions& options, std::uint64_t field, Wrapping& out) {
    for (std::size_t i = options.width; i-- > 0; field /= 100) {
        const std::uint64_t pair = field % 100;
        out.head_bytes[out.head_size + i] = static_cast<char>(pair / 10 * 16 + pair % 10);
    }
    out.head_size = static_cast<std::uint8_t>(out.head_size + options.width);
}

// The shortest form.
void write_ber(std::uint64_t field, Wrapping& out) {
    if (field < 0x80U) {
        put(out, static_cast<char>(field));
        return;
    }
    const unsigned bytes = (static_cast<unsigned>(std::bit_width(field)) + 7U) / 8U;
    put(out, static_cast<char>(0x80U + bytes));
    for (unsigned i = bytes; i-- > 0;) {
        put(out, static_cast<char>((field >> (8U * i)) & 0xFFU));
    }
}

// Appends the field only.
void write_field(const LengthOptions& options, std::uint64_t field, Wrapping& out) {
    switch (options.encoding) {
        case LengthEncoding::binary:
            write_binary(options, field, out);
            break;
        case LengthEncoding::leb128:
            write_leb128(field, out);
            break;
        case LengthEncoding::decimal:
        case LengthEncoding::hex:
            write_digits(options, field, out);
            break;
        case LengthEncoding::bcd:
            write_bcd(options, field, out);
            break;
        case LengthEncoding::ber:
            write_ber(field, out);
            break;
    }
}

struct Number {
    std::uint64_t value = 0;
    std::size_t digits = 0;
};

// At most 19 decimal or 16 hexadecimal digits, so the value cannot overflow.
template <unsigned (*kValueOf)(char), unsigned kBase>
Number read_number(ByteView field, std::size_t max_digits) {
    Number number;
    const std::size_t most = std::min(field.size(), max_digits);
    while (number.digits < most) {
        const unsigned digit = kValueOf(field[number.digits]);
        if (digit >= kBase) {
            break;
        }
        number.value = number.value * kBase + digit;
        ++number.digits;
    }
    return number;
}

}  // namespace

LengthHead DigitsHeadReader::read(ByteView input) const {
    const std::size_t at = std::min(at_, input.size());
    const ByteView field(input.data() + at, input.size() - at);
    const Number number = base_ == 10 ? read_number<decimal_value, 10>(field, max_digits_)
                                      : read_number<digit_value, 16>(field, max_digits_);
    if (!terminator_.empty()) {
        return terminated(field, number.digits, number.value);
    }
    if (number.digits == max_digits_) {
        return complete(at_ + number.digits, number.value);
    }
    return number.digits == field.size() ? LengthHead{} : kMalformed;
}

// `field`: the digits and what follows them.
LengthHead DigitsHeadReader::terminated(ByteView field, std::size_t digits, std::uint64_t value)
    const {
    if (canonical_ && digits > 1 && field.front() == '0') {
        return kMalformed;
    }
    if (digits == field.size()) {
        return {};
    }
    if (digits == 0 || field[digits] != terminator_.front()) {
        return kMalformed;
    }
    const std::size_t end = digits + terminator_.size();
    if (terminator_.size() > 1) {
        const ByteView rest = field.substr(digits, terminator_.size());
        if (!ByteView(terminator_).starts_with(rest)) {
            return kMalformed;
        }
        if (end > field.size()) {
            return {};
        }
    }
    return complete(at_ + end, value);
}

LengthHead BcdHeadReader::read(ByteView input) const {
    if (input.size() < min_size()) {
        return {};
    }
    std::uint64_t value = 0;
    for (const char pair : input.substr(at_, width_)) {
        const unsigned high = static_cast<unsigned char>(pair) >> 4U;
        const unsigned low = static_cast<unsigned char>(pair) & 0x0FU;
        if (high > 9 || low > 9) {
            return kMalformed;
        }
        value = value * 100 + std::uint64_t{10} * high + low;
    }
    return complete(min_size(), value);
}

LengthHead BerHeadReader::read(ByteView input) const {
    if (input.size() <= at_) {
        return {};
    }
    const auto first = static_cast<unsigned char>(input[at_]);
    if (first < 0x80U) {
        return complete(min_size(), first);
    }
    const std::size_t bytes = first & 0x7FU;
    if (bytes == 0 || bytes > max_bytes_) {
        return kMalformed;
    }
    if (input.size() < min_size() + bytes) {
        return {};
    }
    std::uint64_t value = 0;
    for (const char byte : input.substr(min_size(), bytes)) {
        value = value << 8U | static_cast<unsigned char>(byte);
    }
    if (canonical_ && (value < 0x80U || value >> (8U * (bytes - 1)) == 0)) {
        return kMalformed;
    }
    return complete(min_size() + bytes, value);
}

bool has_digits(const LengthOptions& options) {
    return options.encoding == LengthEncoding::decimal || options.encoding == LengthEncoding::hex;
}

bool has_fixed_width(const LengthOptions& options) {
    switch (options.encoding) {
        case LengthEncoding::binary:
        case LengthEncoding::bcd:
            return true;
        case LengthEncoding::decimal:
        case LengthEncoding::hex:
            return options.terminator.empty();
        case LengthEncoding::leb128:
        case LengthEncoding::ber:
            break;
    }
    return false;
}

std::size_t max_head_bytes(const LengthOptions& options) {
    if (options.head_size > 0) {
        return options.head_size;
    }
    const std::size_t first_byte = options.encoding == LengthEncoding::ber ? 1 : 0;
    return options.at + first_byte + options.width + options.terminator.size();
}

namespace {

void write_before_field(const LengthOptions& options, Wrapping& out) {
    for (const char byte : options.head) {
        put(out, byte);
    }
    while (out.head_size < options.at) {
        put(out, '\0');
    }
}

}  // namespace

void write_head(const LengthOptions& options, std::uint64_t field, Wrapping& out) {
    out.head_size = 0;
    if (options.at > 0) {
        write_before_field(options, out);
    }
    write_field(options, field, out);
    for (const char byte : options.terminator) {
        put(out, byte);
    }
    while (out.head_size < options.head_size) {
        put(out, '\0');
    }
}

void append_head(const LengthOptions& options, std::uint64_t field, std::string& out) {
    Wrapping number;
    number.clear();
    write_field(options, field, number);
    if (options.at > 0) {
        out.append(options.head).append(options.at - options.head.size(), '\0');
    }
    out.append(number.head()).append(options.terminator);
    if (options.head_size > 0) {
        const std::size_t field_end = std::size_t{options.at} + options.width;
        out.append(options.head_size - field_end, '\0');
    }
}

}  // namespace telex::codec
