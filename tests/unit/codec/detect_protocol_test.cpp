#include "codec/detect_protocol.hpp"

#include "support/framing_cases.hpp"

#include <gtest/gtest.h>

namespace telex::codec {
namespace {

using test::bytes;

TEST(DetectProtocol, RecognisesWellKnownFirstBytes) {
    EXPECT_EQ(detect_protocol("GET / HTTP/1.1\r\n"), "HTTP");
    EXPECT_EQ(detect_protocol("CONNECT host:443 HTTP/1.1"), "HTTP");
    EXPECT_EQ(detect_protocol("CONNECT {\"verbose\":false}"), "NATS");
    EXPECT_EQ(detect_protocol("PRI * HTTP/2.0\r\n\r\nSM"), "HTTP/2");
    EXPECT_EQ(detect_protocol("SSH-2.0-OpenSSH_9.2"), "SSH");
    EXPECT_EQ(detect_protocol("PROXY TCP4 192.0.2.1"), "PROXY protocol");
    const std::string proxy2 = "\r\n\r\n" + bytes({0}) + "\r\nQUIT\n";
    EXPECT_EQ(detect_protocol(proxy2), "PROXY protocol");
    EXPECT_EQ(detect_protocol(bytes({0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC})), "TLS");
    EXPECT_EQ(detect_protocol(bytes({0x10, 0x0F, 0, 4}) + "MQTT" + bytes({4})), "MQTT");
    EXPECT_EQ(detect_protocol("*1\r\n$4\r\nPING\r\n"), "Redis");
    EXPECT_EQ(detect_protocol(bytes({0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F})), "PostgreSQL");
}

TEST(DetectProtocol, IgnoresOtherBytes) {
    EXPECT_EQ(detect_protocol(""), std::nullopt);
    EXPECT_EQ(detect_protocol("GET"), std::nullopt);
    EXPECT_EQ(detect_protocol("GETTING"), std::nullopt);
    EXPECT_EQ(detect_protocol(bytes({0x16, 3, 1, 2, 0})), std::nullopt);
    EXPECT_EQ(detect_protocol(bytes({0x16, 3, 9, 2, 0, 1})), std::nullopt);
    EXPECT_EQ(detect_protocol(bytes({0x10, 0x0F, 0, 4}) + "HTTP"), std::nullopt);
}

}  // namespace
}  // namespace telex::codec
