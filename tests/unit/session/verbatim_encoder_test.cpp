#include "session/verbatim_encoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::session {
namespace {

TEST(VerbatimEncoder, WritesFramesUnchanged) {
    const auto encoder = make_verbatim_encoder(5);
    std::string out = "a";
    EXPECT_TRUE(encoder->encode("PONG\n", out));
    EXPECT_EQ(out, "aPONG\n");
    codec::Wrapping wrapping;
    wrapping.head_size = 3;
    EXPECT_TRUE(encoder->wrap(5, wrapping).value());
    EXPECT_EQ(wrapping.head(), "");
    EXPECT_EQ(wrapping.tail, "");
}

TEST(VerbatimEncoder, RefusesFramesOverTheLimit) {
    const auto encoder = make_verbatim_encoder(5);
    std::string out;
    EXPECT_EQ(encoder->encode("123456", out).error(), codec::FrameError::too_large);
    EXPECT_EQ(out, "");
    codec::Wrapping wrapping;
    EXPECT_EQ(encoder->wrap(6, wrapping).error(), codec::FrameError::too_large);
}

}  // namespace
}  // namespace telex::session
