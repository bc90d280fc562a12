#include "codec/length_head.hpp"

#include "codec/digits.hpp"

#include <charconv>

namespace telex::codec {

namespace {

constexpr LengthHead kMalformed{.status = LengthHead::Status::malformed};

void put(Wrapping& out, char byte) {
    out.head_bytes[out.head_size++] = byte;
}

void write_binary(const LengthOptions& options, std::uint64_t field, Wrapping& out) {
    for (unsigned i = 0; i < options.width; ++i) {
        const unsigned byte = options.order == ByteOrder::little ? i : options.width - 1U - i;
        put(out, static_cast<char>((field >> (8U * byte)) & 0xFFU));
    }
}

void write_decimal(std::uint64_t field, Wrapping& out) {
    char* begin = out.head_bytes.data() + out.head_size;
    const auto written = std::to_chars(begin, out.head_bytes.data() + out.head_bytes.size(), field);
    out.head_size = static_cast<std::uint8_t>(written.ptr - out.head_bytes.data());
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
            write_decimal(field, out);
            break;
    }
}

}  // namespace

LengthHead DecimalHeadReader::read(ByteView input) const {
    std::uint64_t value = 0;
    std::size_t i = at_;
    // At most 19 digits, so the value cannot overflow.
    for (; i < input.size() && is_digit(input[i]); ++i) {
        const std::size_t digits = i - at_;
        if (digits == max_digits_ || (canonical_ && digits == 1 && value == 0)) {
            return kMalformed;
        }
        value = value * 10 + static_cast<std::uint64_t>(input[i] - '0');
    }
    if (i >= input.size()) {
        return {};
    }
    if (i == at_) {
        return kMalformed;
    }
    const ByteView rest = input.substr(i, terminator_.size());
    if (rest != ByteView(terminator_).substr(0, rest.size())) {
        return kMalformed;
    }
    if (rest.size() < terminator_.size()) {
        return {};
    }
    return {
        .status = LengthHead::Status::complete,
        .size = static_cast<std::uint32_t>(i + terminator_.size()),
        .field = value
    };
}

std::size_t max_head_bytes(const LengthOptions& options) {
    return std::size_t{options.at} + options.width + options.terminator.size();
}

void write_head(const LengthOptions& options, std::uint64_t field, Wrapping& out) {
    out.head_size = 0;
    for (unsigned i = 0; i < options.at; ++i) {
        put(out, '\0');
    }
    write_field(options, field, out);
    for (const char byte : options.terminator) {
        put(out, byte);
    }
}

void append_head(const LengthOptions& options, std::uint64_t field, std::string& out) {
    Wrapping number;
    number.clear();
    write_field(options, field, number);
    out.append(options.at, '\0').append(number.head()).append(options.terminator);
}

}  // namespace telex::codec
