#include "support/random_framing.hpp"

#include "codec/encoder.hpp"
#include "codec/length_head.hpp"

#include <algorithm>

namespace telex::test {

namespace {

using namespace codec;

template <class E>
E pick(Random& random, std::initializer_list<E> choices) {
    return choices.begin()[random.below(choices.size())];
}

// Invalid combinations are drawn again.
void randomise_scale(Random& random, LengthOptions& length) {
    if (random.one_in(2)) {
        return;
    }
    const auto field_end = static_cast<std::uint16_t>(length.at + length.width);
    if (random.one_in(3)) {
        length.head_size = static_cast<std::uint16_t>(field_end + random.below(6));
    }
    if (random.one_in(3)) {
        length.mask = std::string(length.width, '\xFF');
        length.mask[random.below(length.width)] = pick(random, {'\x7F', '\x03', '\xFC', '\0'});
    }
    if (random.one_in(3)) {
        length.flags = std::string(length.width, '\0');
        length.flags[random.below(length.width)] = pick(random, {'\x80', '\x40'});
    }
    length.unit = pick<std::uint16_t>(random, {1, 1, 2, 4, 7});
    length.align = pick<std::uint8_t>(random, {1, 1, 2, 4, 5});
    if (random.one_in(3)) {
        length.padding_width = static_cast<std::uint8_t>(1 + random.below(2));
        length.padding_at = static_cast<std::uint16_t>(random.below(length.head_size + 3U));
    }
}

// Frames of several parts: of fields and limits that payloads of a few bytes exceed.
void randomise_continuation(Random& random, LengthOptions& length) {
    length.continuation =
        pick(random, {Continuation::last, Continuation::more, Continuation::full});
    length.width = static_cast<std::uint8_t>(1 + random.below(2));
    length.head.clear();
    length.trailer.clear();
    length.align = 1;
    length.padding_width = 0;
    length.flags.clear();
    length.mask = std::string(length.width, '\0');
    length.mask.back() = pick(random, {'\x07', '\x0F', '\x05'});
    if (length.order == ByteOrder::little) {
        std::swap(length.mask.front(), length.mask.back());
    }
    if (length.continuation != Continuation::full) {
        length.continuation_bits = std::string(length.width, '\0');
        length.continuation_bits.front() = pick(random, {'\x80', '\x40', '\xC0'});
    }
    length.parts = static_cast<std::uint32_t>(1 + random.below(12));
}

void randomise_length(Random& random, LengthOptions& length) {
    length.encoding = pick(
        random,
        {LengthEncoding::binary,
         LengthEncoding::binary,
         LengthEncoding::leb128,
         LengthEncoding::decimal,
         LengthEncoding::hex,
         LengthEncoding::bcd,
         LengthEncoding::ber}
    );
    length.at =
        static_cast<std::uint16_t>(random.one_in(3) ? random.below(random.one_in(4) ? 24 : 4) : 0);
    if (random.one_in(4)) {
        length.head = pick<std::string>(random, {"T", "T1", "8=FIX"});
        length.at = static_cast<std::uint16_t>(length.head.size() + random.below(3));
    }
    length.adjust = random.one_in(2) ? static_cast<std::int32_t>(random.below(17)) - 8 : 0;
    length.keep_head = random.one_in(5);
    length.trailer = pick<std::string>(random, {"", "", ",", "\r\n", "\xCE"});
    length.width = static_cast<std::uint8_t>(1 + random.below(10));
    length.canonical = !random.one_in(3);
    if (length.encoding == LengthEncoding::decimal || length.encoding == LengthEncoding::hex) {
        length.terminator = pick<std::string>(random, {"", "", ":", " ", "\r\n", ";;;"});
    }
    if (length.encoding == LengthEncoding::binary) {
        length.order = pick(random, {ByteOrder::big, ByteOrder::little});
        randomise_scale(random, length);
        if (random.one_in(3)) {
            randomise_continuation(random, length);
        }
    }
    if (has_fixed_width(length)) {
        length.canonical = true;
        length.counts =
            pick(random, {LengthCounts::body, LengthCounts::from_field, LengthCounts::frame});
    }
}

void randomise_delimiter(Random& random, DelimiterOptions& delimiter) {
    const std::vector<std::string> pool = {
        "\n", "\r\n", std::string(1, '\0'), ";", "aab", "aa", "aba", "||", "\r"
    };
    delimiter.ends.clear();
    const std::size_t count = 1 + random.below(3);
    for (std::size_t i = 0; i < count; ++i) {
        delimiter.ends.push_back(pool[random.below(pool.size())]);
    }
    delimiter.write = delimiter.ends[random.below(count)];
    delimiter.start = pick<std::string>(random, {"", "", "", "\x0B", "<!", "aa"});
    delimiter.skip = delimiter.start.empty() ? "" : pick<std::string>(random, {"", "+-", "\n+"});
    delimiter.optional_cr = random.one_in(2);
    delimiter.keep = random.one_in(5);
    delimiter.at_eof = pick(random, {AtEof::emit, AtEof::drop, AtEof::error});
    if (random.one_in(3)) {
        delimiter.quotes = pick<std::string>(random, {"", "\"", "'\""});
        delimiter.escape = delimiter.quotes.empty() ? "" : pick<std::string>(random, {"", "\\"});
        delimiter.brackets = pick<std::string>(random, {"", "()", "()[]"});
        delimiter.after = static_cast<std::uint8_t>(delimiter.keep ? random.below(4) : 0);
    }
}

void randomise_trim(Random& random, Framing& framing) {
    const std::vector<std::string> pool = {"\n", "\r\n", std::string(1, '\0'), "x", "ab", "xab"};
    const std::size_t count = random.one_in(3) ? random.below(4) : 0;
    for (std::size_t i = 0; i < count; ++i) {
        framing.trim.push_back(pool[random.below(pool.size())]);
    }
}

void randomise_headers(Random& random, HeaderOptions& headers) {
    headers.lengths = {"n", "Len"};
    headers.first_line = pick(random, {FirstLine::either, FirstLine::header, FirstLine::start});
    headers.without = pick(
        random,
        {WithoutLength::empty, WithoutLength::error, WithoutLength::trailer, WithoutLength::close}
    );
    headers.trailer = pick<std::string>(random, {"", std::string(1, '\0'), "aa", "\r\n"});
    headers.keep_head = random.one_in(2);
    headers.write_head = pick<std::string>(random, {"", "", "a:\r\n", "S 1\n"});
    headers.head_limit = 1 + random.below(80);
}

Framing candidate(Random& random) {
    Framing framing;
    framing.kind = pick(
        random,
        {FramingKind::length,
         FramingKind::length,
         FramingKind::delimiter,
         FramingKind::delimiter,
         FramingKind::stuffed,
         FramingKind::syslog,
         FramingKind::headers,
         FramingKind::value,
         FramingKind::value,
         FramingKind::fixed}
    );
    if (framing.kind == FramingKind::length) {
        randomise_length(random, framing.length);
    }
    if (framing.kind == FramingKind::delimiter || framing.kind == FramingKind::syslog) {
        randomise_delimiter(random, framing.delimiter);
    }
    if (framing.kind == FramingKind::length || framing.kind == FramingKind::syslog) {
        randomise_trim(random, framing);
    }
    if (framing.kind == FramingKind::headers) {
        randomise_headers(random, framing.headers);
    }
    framing.format = pick(
        random, {ValueFormat::json, ValueFormat::msgpack, ValueFormat::cbor, ValueFormat::resp}
    );
    framing.nesting = static_cast<std::uint16_t>(1 + random.below(4));
    framing.stuffing = pick(
        random, {Stuffing::cobs, Stuffing::slip, Stuffing::hdlc, Stuffing::dot, Stuffing::dle}
    );
    framing.dle.start = pick<std::string>(random, {"\x02", "a", ""});
    framing.dle.end = pick<std::string>(random, {"\x03", "b"});
    if (framing.stuffing == Stuffing::hdlc) {
        framing.checksum = pick(random, {Checksum::none, Checksum::fcs16});
    }
    framing.leading_end = random.one_in(2);
    framing.damaged = pick(random, {Damaged::close, Damaged::discard});
    framing.syslog_write = pick(random, {SyslogWrite::counted, SyslogWrite::lines});
    framing.empty = pick(
        random,
        {EmptyFrames::deliver, EmptyFrames::deliver, EmptyFrames::ignore, EmptyFrames::error}
    );
    framing.oversize = pick(random, {Oversize::close, Oversize::discard});
    framing.discard_budget = 1 + random.below(random.one_in(2) ? 40 : 2'000);
    framing.max_frame_bytes = 1 + random.below(random.one_in(8) ? 600 : 40);
    if (framing.kind == FramingKind::value) {
        framing.max_frame_bytes += 15;  // the longest head and more
    }
    if (framing.kind == FramingKind::fixed) {
        framing.fixed_bytes = 1 + random.below(framing.max_frame_bytes);
    }
    return framing;
}

// The bytes that this framing's decoder searches for.
std::string meaningful_bytes(const Framing& framing) {
    std::string bytes("\x00\x01\x02\x05\x80\xFF", 6);
    switch (framing.kind) {
        case FramingKind::length:
            bytes += "0123" + framing.length.terminator + framing.length.trailer;
            bytes += "F\x10\x12\x81\x82" + framing.length.head;
            if (framing.length.continuation != Continuation::none) {
                bytes += "\x07\x07\x03\x0F\x87\xC2" + framing.length.continuation_bits;
            }
            break;
        case FramingKind::syslog:
            bytes += "01289  <";
            [[fallthrough]];
        case FramingKind::delimiter:
            bytes += "\ra" + framing.delimiter.start + framing.delimiter.skip;
            bytes += framing.delimiter.quotes + framing.delimiter.escape;
            bytes += framing.delimiter.brackets;
            for (const std::string& end : framing.delimiter.ends) {
                bytes += end;
            }
            break;
        case FramingKind::stuffed:
            bytes += "\xC0\xDB\xDC\xDD\x03~}^]";
            if (framing.stuffing == Stuffing::dot) {
                bytes = "..a\r\n\r\n\r\n";
            } else if (framing.stuffing == Stuffing::dle) {
                bytes += "\x10\x10\x10\x10" + framing.dle.start + framing.dle.end + framing.dle.end;
            }
            break;
        case FramingKind::headers:
            bytes =
                "\n\r\n\n\r\n:: \t" + std::string(1, '\0') + "01223nNlen" + framing.headers.trailer;
            break;
        case FramingKind::value:
            bytes = framing.format == ValueFormat::json ? "{}[]\"\"\\u,,:01.e-+ \ntruefalsn"
                    : framing.format == ValueFormat::resp
                        ? "+-:_#,($!=*~>%|01223\r\n\r\n\r\n"
                        : "\x01\x42\x5F\x61\x7F\x82\x9F\xA1\xA1\xBF\xC1\xC4\xC7\xD4\xD9\xDC\xF6\xF8"
                          "\xFF\xFF\x18";
            break;
        case FramingKind::fixed:
        case FramingKind::idle:
        case FramingKind::datagram:
            break;
    }
    for (const std::string& ending : framing.trim) {
        bytes += ending;
    }
    return bytes;
}

}  // namespace

std::uint64_t Random::next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
}

Framing random_framing(Random& random) {
    while (true) {
        Framing framing = candidate(random);
        if (!validate(framing)) {
            return framing;
        }
    }
}

std::string random_bytes(Random& random, const Framing& framing, std::size_t size) {
    const std::string meaningful = meaningful_bytes(framing);
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) {
        bytes += random.one_in(2) ? meaningful[random.below(meaningful.size())]
                                  : static_cast<char>('a' + random.below(26));
    }
    return bytes;
}

// A payload with its own headers, which are right most of the time.
std::string random_headers(Random& random, std::string body) {
    std::string head = pick<std::string>(random, {"", "S a\n", "S:a b\r\n", "a:b\n", "a:\n"});
    if (!random.one_in(4)) {
        const std::size_t size = body.size() + (random.one_in(10) ? 1 : 0);
        head += pick<std::string>(random, {"n:", "LEN: ", "len:\t", "n:0"}) + std::to_string(size);
        head += pick<std::string>(random, {"\n", "\r\n", " \n"});
    }
    head += pick<std::string>(random, {"", "", "x:y\n", "n:1\n", " x\n", "x :y\n", "x\n"});
    if (random.one_in(20)) {
        head += "transfer-encoding: chunked\n";
    }
    return head + pick<std::string>(random, {"\n", "\r\n"}) + std::move(body);
}

std::string random_outer_value(Random& random, ValueFormat format, const std::string& inner) {
    switch (format) {
        case ValueFormat::json:
            return pick<std::string>(random, {"[", "{\"k\" : ", "[1, "}) + inner +
                   pick<std::string>(random, {"]", "}", "] "});
        case ValueFormat::msgpack:
            return pick<std::string>(random, {"\x91", "\x92\x05", "\x81\xC0", "\xDE"}) + inner;
        case ValueFormat::cbor:
            return pick<std::string>(random, {"\x81", "\x9F", "\xBF\x05", "\xC1"}) + inner +
                   pick<std::string>(random, {"", "\xFF"});
        case ValueFormat::resp:
            break;
    }
    return pick<std::string>(random, {"*1\r\n", "~2\r\n_\r\n", "%1\r\n:1\r\n", "|0\r\n"}) + inner;
}

// Most are one whole value.
std::string random_value(Random& random, ValueFormat format, unsigned depth) {
    if (depth > 0 && random.one_in(2)) {
        return random_outer_value(random, format, random_value(random, format, depth - 1));
    }
    switch (format) {
        case ValueFormat::json:
            return pick<std::string>(
                random,
                {"0", "-1.5e+3", "\"a\\u00e9\"", "true", "null ", "{}", "[]", "\"abcdefghijk\""}
            );
        case ValueFormat::msgpack:
            return pick<std::string>(
                random,
                {"\x05",
                 "\xA3xyz",
                 "\xD9\x02hi",
                 "\xCA"
                 "1234",
                 "\xC7\x01tx",
                 "\x90"}
            );
        case ValueFormat::cbor:
            return pick<std::string>(
                random,
                {"\x05",
                 "\x63xyz",
                 "\x58\x02hi",
                 "\xFA"
                 "1234",
                 "\x7F\x61x\xFF",
                 "\x5F\x41x\x42yz\xFF"}
            );
        case ValueFormat::resp:
            break;
    }
    return pick<std::string>(
        random,
        {"+OK\r\n", "$3\r\na\r\n\r\n", "$-1\r\n", "_\r\n", "(12345678901234567890\r\n", "$0\r\n\r\n"
        }
    );
}

std::string random_payload(Random& random, const Framing& framing, std::size_t size) {
    if (framing.kind == FramingKind::value && !random.one_in(10)) {
        return random_value(random, framing.format, 6);
    }
    std::string bytes = random_bytes(random, framing, size);
    const bool headed = framing.kind == FramingKind::headers && framing.headers.keep_head;
    return headed && !random.one_in(10) ? random_headers(random, std::move(bytes)) : bytes;
}

std::string random_stream(Random& random, const Framing& framing, bool damage) {
    Framing writer = framing;
    writer.max_encode_bytes = 2 * framing.max_frame_bytes;
    if (!damage || validate(writer)) {
        writer = framing;
    }
    const auto encoder = make_encoder(writer);
    std::string stream;
    const std::size_t frames = 1 + random.below(8);
    for (std::size_t i = 0; i < frames; ++i) {
        const std::size_t size = framing.kind == FramingKind::fixed
                                     ? framing.fixed_bytes
                                     : random.below(writer.encode_limit() + 1);
        if (!encoder->encode(random_payload(random, framing, size), stream)) {
            static_cast<void>(encoder->encode(std::string(size, 'x'), stream));
        }
        if (framing.kind == FramingKind::headers && random.one_in(damage ? 2 : 6)) {
            stream += damage
                          ? random_headers(random, random_bytes(random, framing, random.below(30)))
                          : "\r\n\n";
        }
        if (framing.kind == FramingKind::value && damage) {
            stream += random_value(random, framing.format, 6);
        }
        if (damage && random.one_in(4)) {
            stream += random_bytes(random, framing, 1 + random.below(60));
        }
    }
    if (damage && !stream.empty() && random.one_in(2)) {
        stream[random.below(stream.size())] = random_bytes(random, framing, 1)[0];
    }
    if (damage && random.one_in(3)) {
        stream.resize(random.below(stream.size() + 1));
    }
    return stream;
}

}  // namespace telex::test
