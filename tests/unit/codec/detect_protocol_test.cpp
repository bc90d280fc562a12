#include "codec/detect_protocol.hpp"

#include "support/framing_cases.hpp"

#include <gtest/gtest.h>

namespace telex::codec {
namespace {

using test::bytes;

TEST(DetectProtocol, RecognisesWellKnownFirstBytes) {
    EXPECT_EQ(detect_protocol("GET / HTTP/1.1\r\n"), OtherProtocol::http);
    EXPECT_EQ(detect_protocol("CONNECT host:443 HTTP/1.1"), OtherProtocol::http);
    EXPECT_EQ(detect_protocol("CONNECT {\"verbose\":false}"), OtherProtocol::nats);
    EXPECT_EQ(detect_protocol("PRI * HTTP/2.0\r\n\r\nSM"), OtherProtocol::http2);
    EXPECT_EQ(detect_protocol("SSH-2.0-OpenSSH_9.2"), OtherProtocol::ssh);
    EXPECT_EQ(detect_protocol("PROXY TCP4 192.0.2.1"), OtherProtocol::proxy);
    const std::string proxy2 = "\r\n\r\n" + bytes({0}) + "\r\nQUIT\n";
    EXPECT_EQ(detect_protocol(proxy2), OtherProtocol::proxy);
    EXPECT_EQ(detect_protocol(bytes({0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC})), OtherProtocol::tls);
    EXPECT_EQ(
        detect_protocol(bytes({0x10, 0x0F, 0, 4}) + "MQTT" + bytes({4})), OtherProtocol::mqtt
    );
    EXPECT_EQ(detect_protocol("*1\r\n$4\r\nPING\r\n"), OtherProtocol::redis);
    EXPECT_EQ(detect_protocol(bytes({0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F})), OtherProtocol::postgresql);
}

// The first frame of libtelex and of the Python client, with and without credentials.
TEST(DetectProtocol, RecognisesAHelloOfTelex) {
    const std::string hello = bytes({8, 1, 18, 5}) + "telex";
    const auto size = static_cast<int>(hello.size());
    const std::string frame = bytes({size + 2, 0x42, size}) + hello;
    EXPECT_EQ(detect_protocol(frame), OtherProtocol::telex);
    EXPECT_EQ(detect_protocol(frame.substr(0, 4)), OtherProtocol::telex) << "4 bytes suffice";
    EXPECT_EQ(detect_protocol(frame.substr(0, 3)), std::nullopt);
    const std::string longer = bytes({0xC7, 0x01, 0x42, 0xC4, 0x01, 8, 1});
    EXPECT_EQ(detect_protocol(longer), OtherProtocol::telex);
    const std::string around_128 = bytes({0x81, 0x01, 0x42, 0x7F, 8, 1});
    EXPECT_EQ(detect_protocol(around_128), OtherProtocol::telex);
}

TEST(DetectProtocol, TakesNoOtherFrameForAHelloOfTelex) {
    EXPECT_EQ(detect_protocol(bytes({6, 0x42, 5, 8, 1, 18})), std::nullopt) << "other lengths";
    EXPECT_EQ(detect_protocol(bytes({7, 0x42, 5, 18, 1})), std::nullopt) << "another field";
    EXPECT_EQ(detect_protocol(bytes({7, 0x3A, 5, 8, 1})), std::nullopt) << "another control";
    EXPECT_EQ(detect_protocol(bytes({0xFF, 0xFF, 0xFF, 0x42})), std::nullopt);
    EXPECT_EQ(detect_protocol("5B3"), std::nullopt);
    EXPECT_EQ(detect_protocol("<34>Nov 29 18:33:00 host app: B"), std::nullopt);
}

TEST(DetectProtocol, IgnoresOtherBytes) {
    EXPECT_EQ(detect_protocol(""), std::nullopt);
    EXPECT_EQ(detect_protocol("GET"), std::nullopt);
    EXPECT_EQ(detect_protocol("GETTING"), std::nullopt);
    EXPECT_EQ(detect_protocol(bytes({0x16, 3, 1, 2, 0})), std::nullopt);
    EXPECT_EQ(detect_protocol(bytes({0x16, 3, 9, 2, 0, 1})), std::nullopt);
    EXPECT_EQ(detect_protocol(bytes({0x10, 0x0F, 0, 4}) + "HTTP"), std::nullopt);
}

// A NATS client's first word is also HTTP's: ignoring NATS must not make it HTTP.
TEST(DetectProtocol, IgnoresProtocolsOnRequest) {
    constexpr OtherProtocols kIgnored = {OtherProtocol::nats, OtherProtocol::tls};
    EXPECT_EQ(detect_protocol("CONNECT {\"verbose\":false}", kIgnored), std::nullopt);
    EXPECT_EQ(detect_protocol(bytes({0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC}), kIgnored), std::nullopt);
    EXPECT_EQ(detect_protocol("CONNECT host:443 HTTP/1.1", kIgnored), std::nullopt);
    EXPECT_EQ(detect_protocol("GET / HTTP/1.1", kIgnored), OtherProtocol::http);
}

TEST(DetectProtocol, IsNoHintAtTheProtocolThatTheFramingReads) {
    const auto detected = [](std::string_view name) {
        return detect_protocol("POST / HTTP/1.1", protocols_of(test::preset(name)));
    };
    EXPECT_EQ(detected("http"), std::nullopt);
    EXPECT_EQ(detected("lsp"), OtherProtocol::http);
    EXPECT_EQ(detected("u32be"), OtherProtocol::http);
}

TEST(DetectProtocol, NamesEachProtocol) {
    EXPECT_EQ(name_of(OtherProtocol::http2), "HTTP/2");
    EXPECT_EQ(name_of(OtherProtocol::proxy), "PROXY protocol");
    EXPECT_EQ(name_of(OtherProtocol::telex), "telex");
    EXPECT_EQ(name_of(OtherProtocol::tls), "TLS");
}

}  // namespace
}  // namespace telex::codec
