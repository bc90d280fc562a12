// Decodes and encodes frames of each kind under valgrind's callgrind, which dumps the instructions
// of each path with its name: "decode lines 16". The first pass of a path is not counted.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "codec/framing.hpp"
#include "system/instructions/callgrind.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace telex;
using telex::testing::require;

constexpr std::size_t kFrames = 1'000;

std::string random_payload(std::size_t size) {
    std::mt19937 random;  // the same in each run
    std::string payload(size, '\0');
    std::ranges::generate(payload, [&] { return static_cast<char>(random()); });
    return payload;
}

[[gnu::noinline]] std::string encode_all(const codec::Encoder& encoder, ByteView payload) {
    std::string bytes;
    bytes.reserve(kFrames * (2 * payload.size() + 16));
    for (std::size_t i = 0; i < kFrames; ++i) {
        require(encoder.encode(payload, bytes).has_value());
    }
    return bytes;
}

[[gnu::noinline]] void decode_all(codec::Decoder& decoder, ByteView bytes) {
    std::size_t frames = 0;
    while (!bytes.empty()) {
        const codec::DecodeStep step = decoder.decode(bytes);
        frames += step.kind == codec::DecodeStep::Kind::frame ? 1 : 0;
        bytes.remove_prefix(step.consumed);
    }
    require(frames == kFrames);
}

template <class Path>
void count(const std::string& name, Path path) {
    path();
    testing::toggle_counting();
    path();
    testing::toggle_counting();
    testing::dump_counts(name, kFrames);
}

void count_preset(std::string_view preset, const std::string& payload, std::string_view form) {
    const codec::Framing framing = codec::parse_preset(preset).value();
    const auto encoder = codec::make_encoder(framing);
    const auto decoder = codec::make_decoder(framing);
    const std::string bytes = encode_all(*encoder, payload);
    const std::string name = " " + std::string(preset) + " " + std::string(form);
    count("decode" + name, [&] { decode_all(*decoder, bytes); });
    count("encode" + name, [&] { encode_all(*encoder, payload); });
}

}  // namespace

int main() {
    constexpr std::size_t kShort = 16;
    constexpr std::size_t kLong = 1'024;
    for (const std::string_view preset :
         {"protobuf-delimited", "u32be", "netstring", "lines", "crlf", "syslog", "cobs", "slip"}) {
        count_preset(preset, std::string(kShort, 'x'), "16");
        count_preset(preset, std::string(kLong, 'x'), "1024");
    }
    for (const std::string_view preset : {"cobs", "slip", "hdlc"}) {
        count_preset(preset, random_payload(kLong), "1024 random");
    }
}
