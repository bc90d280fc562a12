// Any framing, any bytes, any split. The decoder agrees with the naive one and keeps its contract;
// decoded frames survive encoding and decoding.
//
//   input = framing seed (2 bytes), split seed (1 byte), stream
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"
#include "support/random_framing.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using telex::ByteView;
using telex::codec::Framing;
using telex::codec::FramingKind;
using telex::test::DecodeOutcome;
using telex::test::Random;

void fail(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::abort();
}

// The first seeds are presets with a small limit, all others random framings.
Framing framing_of(unsigned seed) {
    static const auto names = telex::test::stream_presets();
    if (seed >= names.size()) {
        Random random(seed);
        return telex::test::random_framing(random);
    }
    Framing framing = telex::test::preset(names[seed]);
    if (framing.kind != FramingKind::fixed) {
        framing.max_frame_bytes = 64;
        for (Framing& first : framing.first.framing) {
            first.max_frame_bytes = 64;
        }
    }
    return framing;
}

void check_split(const Framing& framing, ByteView stream, unsigned seed) {
    Random random(seed);
    const std::size_t most = 1 + random.below(40);
    const auto result = telex::test::drive(framing, stream, [&] { return 1 + random.below(most); });
    if (result.violation) {
        fail("contract: " + *result.violation);
    }
    const DecodeOutcome expected = telex::test::naive_decode(framing, stream);
    if (!same_outcome(expected, result.outcome)) {
        fail("expected " + to_string(expected) + "\nactual   " + to_string(result.outcome));
    }
}

// Only at the beginning of a connection, but here everything is written there.
bool looks_like_a_first_frame(const Framing& framing, ByteView payload) {
    return !framing.first.begins.empty() && payload.starts_with(framing.first.begins);
}

// Payloads are the stream's frames; an encoder may reject them, but must not produce other frames.
void check_round_trip(const Framing& framing, ByteView stream) {
    if (framing.kind == FramingKind::delimiter && framing.delimiter.keep) {
        return;  // an added delimiter is decoded, too
    }
    const auto encoder = telex::codec::make_encoder(framing);
    DecodeOutcome expected;
    std::string written;
    for (const std::string& frame : telex::test::naive_decode(framing, stream).frames) {
        if (!looks_like_a_first_frame(framing, frame) && encoder->encode(frame, written)) {
            expected.frames.push_back(frame);
        }
    }
    if (!looks_like_a_first_frame(framing, stream) && encoder->encode(stream, written)) {
        expected.frames.emplace_back(stream);
    }
    const auto result = telex::test::drive_whole(framing, written);
    if (result.violation || !same_outcome(expected, result.outcome)) {
        fail("wrote " + to_string(expected) + "\nread  " + to_string(result.outcome));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3 || size > 4'096) {
        return 0;
    }
    const Framing framing = framing_of(data[0] + 256U * data[1]);
    const ByteView stream(reinterpret_cast<const char*>(data) + 3, size - 3);
    check_split(framing, stream, data[2]);
    check_round_trip(framing, stream);
    return 0;
}
