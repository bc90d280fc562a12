// Decoders that may be lent to another stream.
#include "codec/decoder.hpp"
#include "support/framing_cases.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string_view>

namespace telex::codec {
namespace {

using test::preset;
using namespace std::string_view_literals;

struct Case {
    std::string_view preset;
    std::string_view frame;
};

constexpr Case kCases[]{
    {"protobuf-delimited", "\3abc"sv}, {"u32be", "\0\0\0\3abc"sv}, {"lines", "abc\n"sv}
};

TEST(FreshDecoder, IsBetweenTwoFrames) {
    for (const Case& some : kCases) {
        const auto decoder = make_decoder(preset(some.preset));
        EXPECT_TRUE(decoder->is_fresh()) << some.preset;
        for (int i = 0; i < 3; ++i) {
            ASSERT_EQ(decoder->decode(some.frame).kind, DecodeStep::Kind::frame);
            EXPECT_TRUE(decoder->is_fresh()) << some.preset;
        }
    }
}

TEST(FreshDecoder, IsNotWithinAFrame) {
    for (const Case& some : kCases) {
        const auto decoder = make_decoder(preset(some.preset));
        const std::string_view most = some.frame.substr(0, some.frame.size() - 1);
        EXPECT_EQ(decoder->decode(most).kind, DecodeStep::Kind::need_more);
        EXPECT_FALSE(decoder->is_fresh()) << some.preset;
        EXPECT_EQ(decoder->decode(some.frame).kind, DecodeStep::Kind::frame);
        EXPECT_TRUE(decoder->is_fresh()) << some.preset;
    }
}

TEST(FreshDecoder, HasItsWholeBudgetOfDiscardedBytes) {
    for (const Case& some : kCases) {
        Framing framing = preset(some.preset);
        framing.oversize = Oversize::discard;
        framing.max_frame_bytes = 2;
        const auto decoder = make_decoder(framing);
        while (decoder->decode(some.frame).kind != DecodeStep::Kind::skip) {
        }
        EXPECT_FALSE(decoder->is_fresh()) << some.preset;
    }
}

}  // namespace
}  // namespace telex::codec
