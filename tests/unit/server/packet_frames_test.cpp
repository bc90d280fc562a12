#include "server/stream/packet_frames.hpp"

#include "codec/framing.hpp"
#include "support/random_framing.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::server {
namespace {

// "frame x" for each frame, "lost", "error NAME".
std::vector<std::string> frames_of(PacketFrames& frames, std::string_view packet) {
    std::vector<std::string> found;
    frames.begin(packet);
    while (frames.is_open()) {
        const PacketFrames::Step step = frames.next();
        switch (step.kind) {
            case PacketFrames::Step::Kind::frame:
                found.push_back("frame " + std::string(step.payload));
                break;
            case PacketFrames::Step::Kind::lost:
                found.emplace_back("lost");
                break;
            case PacketFrames::Step::Kind::error:
                found.push_back("error " + std::string(codec::name_of(step.error)));
                break;
            case PacketFrames::Step::Kind::done:
                break;
        }
    }
    return found;
}

using Found = std::vector<std::string>;

TEST(PacketFrames, AreTheLinesOfAPacketAndItsRest) {
    PacketFrames frames(codec::parse_preset("lines").value());
    EXPECT_EQ(
        frames_of(frames, "a:1|c\nb:2|g\r\nc:3"), (Found{"frame a:1|c", "frame b:2|g", "frame c:3"})
    );
    EXPECT_EQ(frames_of(frames, "d\n"), (Found{"frame d"})) << "nothing of the packet before";
    EXPECT_EQ(frames_of(frames, "e"), (Found{"frame e"}));
    EXPECT_EQ(frames_of(frames, "\n"), (Found{"frame "}));
}

TEST(PacketFrames, DoNotGoOnInTheNextPacket) {
    PacketFrames frames(codec::parse_preset("u16be").value());
    const std::string hello("\0\5hello", 7);
    EXPECT_EQ(frames_of(frames, hello + hello), (Found{"frame hello", "frame hello"}));
    const std::string start("\0\5he", 4);
    EXPECT_EQ(frames_of(frames, hello + start), (Found{"frame hello", "error truncated"}));
    EXPECT_EQ(frames_of(frames, "llo"), (Found{"error truncated"}));
    EXPECT_EQ(frames_of(frames, hello), (Found{"frame hello"}));
    PacketFrames stuffed(codec::parse_preset("slip").value());
    EXPECT_EQ(frames_of(stuffed, "\xc0one\xc0\xc0two\xc0"), (Found{"frame one", "frame two"}));
    EXPECT_EQ(frames_of(stuffed, "\xc0one\xc0tw"), (Found{"frame one", "error truncated"}));
    EXPECT_EQ(frames_of(stuffed, "o\xc0"), (Found{"frame o"}));
}

TEST(PacketFrames, AfterAnErrorAreLost) {
    PacketFrames frames(codec::parse_preset("netstring").value());
    EXPECT_EQ(frames_of(frames, "1:a,x:b,1:c,"), (Found{"frame a", "error bad_length"}));
    EXPECT_EQ(frames_of(frames, "1:d,"), (Found{"frame d"}));
}

TEST(PacketFrames, ThatAreTooLongAreSkippedWithinTheirPacket) {
    codec::Framing framing = codec::parse_preset("lines").value();
    framing.max_frame_bytes = 4;
    framing.oversize = codec::Oversize::discard;
    PacketFrames frames(framing);
    EXPECT_EQ(frames_of(frames, "toolong\nok\n"), (Found{"lost", "frame ok"}));
    EXPECT_EQ(frames_of(frames, "ok\ntoolong"), (Found{"frame ok", "lost"}));
    EXPECT_EQ(frames_of(frames, "ok\n"), (Found{"frame ok"})) << "not the rest of the long one";
    framing.oversize = codec::Oversize::close;
    PacketFrames strict(framing);
    EXPECT_EQ(frames_of(strict, "ok\ntoolong\nok\n"), (Found{"frame ok", "error too_large"}));
    EXPECT_EQ(frames_of(strict, "ok\n"), (Found{"frame ok"}));
}

TEST(PacketFrames, MayIgnoreEmptyOnes) {
    codec::Framing framing = codec::parse_preset("lines").value();
    framing.delimiter.ends = {"\n", std::string(1, '\0')};
    framing.empty = codec::EmptyFrames::ignore;
    PacketFrames frames(framing);
    EXPECT_EQ(frames_of(frames, std::string("m\n\0", 3)), (Found{"frame m"}));
    EXPECT_EQ(frames_of(frames, "\n\n"), Found());
    EXPECT_EQ(frames_of(frames, "n\n"), (Found{"frame n"}));
}

TEST(PacketFrames, OfWholePacketsAreThePackets) {
    codec::Framing framing = codec::parse_preset("datagram").value();
    framing.trim = {"\n"};
    framing.max_frame_bytes = 4;
    PacketFrames frames(framing);
    EXPECT_EQ(frames_of(frames, "a\nb\n"), (Found{"frame a\nb"}));
    EXPECT_EQ(frames_of(frames, "longer"), (Found{"error too_large"}));
    EXPECT_EQ(frames_of(frames, "ok"), (Found{"frame ok"}));
}

// The decoder is used again for the next packet, unless something was left.
TEST(PacketFrames, DoNotDependOnEarlierPackets) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        test::Random random(seed);
        const codec::Framing framing = test::random_framing(random);
        PacketFrames used(framing);
        for (int i = 0; i < 6; ++i) {
            const std::string packet =
                random.one_in(3) ? test::random_bytes(random, framing, 1 + random.below(40))
                                 : test::random_stream(random, framing, random.one_in(2)) + "x";
            PacketFrames fresh(framing);
            EXPECT_EQ(frames_of(used, packet), frames_of(fresh, packet)) << seed << " " << i;
        }
    }
}

}  // namespace
}  // namespace telex::server
