#include "server/stream/decoder_pool.hpp"

#include "codec/framing.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace telex::server {
namespace {

std::shared_ptr<const codec::Framing> framing() {
    return std::make_shared<const codec::Framing>(*codec::parse_preset("protobuf-delimited"));
}

TEST(DecoderPool, LendsADecoderOfTheSameFraming) {
    DecoderPool pool;
    const auto one = framing();
    const auto other = framing();
    EXPECT_EQ(pool.take(*one), nullptr);
    auto decoder = codec::make_decoder(*one);
    const codec::Decoder* const made = decoder.get();
    pool.give(one, std::move(decoder));
    EXPECT_EQ(pool.take(*other), nullptr) << "another framing, even if it is equal";
    EXPECT_EQ(pool.take(*one).get(), made);
    EXPECT_EQ(pool.take(*one), nullptr) << "it is lent";
}

TEST(DecoderPool, KeepsAFramingOnlyWithItsDecoders) {
    DecoderPool pool;
    auto one = framing();
    const std::weak_ptr<const codec::Framing> watched = one;
    auto decoder = codec::make_decoder(*one);
    pool.give(std::move(one), std::move(decoder));
    EXPECT_FALSE(watched.expired());
    pool.clear();
    EXPECT_TRUE(watched.expired());
}

TEST(DecoderPool, KeepsFewDecoders) {
    DecoderPool pool;
    const auto one = framing();
    for (std::size_t i = 0; i < 2 * DecoderPool::kMaxSpare; ++i) {
        pool.give(one, codec::make_decoder(*one));
    }
    EXPECT_EQ(pool.size(), DecoderPool::kMaxSpare);
}

}  // namespace
}  // namespace telex::server
