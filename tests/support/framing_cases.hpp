#pragma once
// Short spellings for framing tests.
#include "codec/encoder.hpp"
#include "codec/framing.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace telex::test {

// A preset that exists.
inline codec::Framing preset(std::string_view name) {
    return codec::parse_preset(name).value();
}

// bytes({0x00, 0x03}) + "abc"
inline std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) {
        out.push_back(static_cast<char>(value));
    }
    return out;
}

// A payload that the preset can carry: it ends with `body`, behind the headers that some of them
// keep.
inline std::string payload_of(const codec::Framing& framing, const std::string& body) {
    if (framing.kind == codec::FramingKind::length && framing.length.keep_head) {
        codec::Framing plain = framing;
        plain.first = {};
        plain.length.keep_head = false;
        plain.max_frame_bytes = codec::default_max_frame_bytes(plain);
        plain.max_encode_bytes.reset();
        const auto least = static_cast<std::size_t>(std::max(0, framing.length.adjust));
        std::string out;
        static_cast<void>(codec::make_encoder(plain)->encode(std::string(least, 'x') + body, out));
        out.resize(out.size() - framing.length.trailer.size());
        if (!framing.first.framing.empty()) {
            out[0] = 'Q';  // the type
        }
        return out;
    }
    if (framing.kind == codec::FramingKind::delimiter && framing.delimiter.after > 0) {
        return body + framing.delimiter.write + std::string(framing.delimiter.after, '0');
    }
    if (framing.kind == codec::FramingKind::value) {
        const std::string size = std::to_string(body.size());
        std::string number;  // four bytes
        for (unsigned shift = 32; shift > 0; shift -= 8) {
            number.push_back(static_cast<char>(body.size() >> (shift - 8)));
        }
        switch (framing.format) {
            case codec::ValueFormat::json:
                return '"' + body + '"';
            case codec::ValueFormat::msgpack:
                return "\xDB" + number + body;
            case codec::ValueFormat::cbor:
                return "\x7A" + number + body;
            case codec::ValueFormat::resp:
                return "$" + size + "\r\n" + body + "\r\n";
        }
    }
    const bool headed = framing.kind == codec::FramingKind::headers && framing.headers.keep_head;
    return headed ? "S\n" + framing.headers.lengths.back() + ":" + std::to_string(body.size()) +
                        "\n\n" + body
                  : body;
}

// Every preset that reads a stream, with a concrete size for fixed:N.
inline std::vector<std::string> stream_presets() {
    std::vector<std::string> names;
    for (const codec::PresetInfo& info : codec::presets()) {
        if (info.name == "fixed:N") {
            names.emplace_back("fixed:5");
        } else if (info.name != "datagram") {
            names.emplace_back(info.name);
        }
    }
    return names;
}

}  // namespace telex::test
