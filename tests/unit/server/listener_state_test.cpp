#include "server/listener/listener_state.hpp"

#include "codec/decoder.hpp"
#include "protocols/registry/protocols.hpp"
#include "session/verbatim_encoder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace telex::server {
namespace {

ListenerOptions lines() {
    ListenerOptions options;
    options.protocol = "json";
    options.framing = *codec::parse_preset("lines");
    options.framing.max_frame_bytes = 100;
    options.max_connections = 3;
    return options;
}

ListenerSettingsPtr settings(ListenerOptions options) {
    return std::make_shared<ListenerSettings>(std::move(options), *session::find_protocol("json"));
}

TEST(ListenerState, LimitsItsSlots) {
    ListenerState listener(settings(lines()));
    EXPECT_TRUE(listener.take_slot());
    EXPECT_TRUE(listener.take_slot());
    EXPECT_TRUE(listener.take_slot());
    EXPECT_FALSE(listener.take_slot());
    EXPECT_FALSE(listener.take_slot()) << "a refusal takes nothing";
    listener.release_slot();
    EXPECT_TRUE(listener.take_slot());
    EXPECT_FALSE(listener.take_slot());
}

TEST(ListenerState, LimitsItsSlotsAcrossThreads) {
    ListenerOptions options = lines();
    options.max_connections = 100;
    ListenerState listener(settings(std::move(options)));
    std::atomic<int> taken{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 50; ++j) {
                taken += listener.take_slot() ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(taken, 100);
}

TEST(ListenerSettings, UsesOneFramePerPacketWhateverTheStreamFraming) {
    const ListenerSettings listener(lines(), *session::find_protocol("json"));
    const std::string packet = "two\nlines";
    const auto decoder = codec::make_decoder(listener.framing(true));
    const codec::DecodeStep step = decoder->decode(packet);
    ASSERT_EQ(step.kind, codec::DecodeStep::Kind::frame);
    EXPECT_EQ(step.payload, packet);
    std::string written;
    ASSERT_TRUE(listener.encoder(true).encode(packet, written));
    EXPECT_EQ(written, packet);
    written.clear();
    ASSERT_TRUE(listener.encoder(false).encode("line", written));
    EXPECT_EQ(written, "line\n");
}

TEST(ListenerSettings, AppliesFramingOptionsToPackets) {
    ListenerOptions options = lines();
    options.framing = *codec::parse_preset("syslog");
    options.framing.oversize = codec::Oversize::discard;
    const ListenerSettings listener(options, *session::find_protocol("raw"));
    const codec::Framing& packets = listener.framing(true);
    EXPECT_EQ(packets.kind, codec::FramingKind::datagram);
    EXPECT_EQ(packets.trim, options.framing.trim);
    EXPECT_EQ(packets.empty, codec::EmptyFrames::ignore);
    EXPECT_EQ(packets.oversize, codec::Oversize::discard);
}

TEST(ListenerSettings, UsesTheFramingOfTheProtocol) {
    session::Protocol protocol = *session::find_protocol("json");
    protocol.default_framing = {};
    protocol.make_decoder = [](std::size_t max_frame_bytes) {
        codec::Framing framing = *codec::parse_preset("netstring");
        framing.max_frame_bytes = max_frame_bytes;
        return codec::make_decoder(framing);
    };
    protocol.make_encoder = session::make_verbatim_encoder;
    const ListenerSettings listener(lines(), protocol);
    EXPECT_EQ(listener.make_decoder(false)->decode("3:abc,").payload, "abc");
    EXPECT_EQ(listener.make_decoder(false)->decode("101:").error, codec::FrameError::too_large);
    std::string written;
    ASSERT_TRUE(listener.encoder(false).encode("line", written));
    EXPECT_EQ(written, "line");
}

TEST(ListenerSettings, KeepsTheFrameLimitForPackets) {
    const ListenerSettings listener(lines(), *session::find_protocol("json"));
    EXPECT_EQ(listener.framing(true).max_frame_bytes, 100U);
    EXPECT_TRUE(listener.session_options(true).datagram);
    EXPECT_FALSE(listener.session_options(false).datagram);
}

}  // namespace
}  // namespace telex::server
