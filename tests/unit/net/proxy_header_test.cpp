#include "net/proxy_header.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace telex::net {
namespace {

using From = ProxyHeader::From;

const std::string kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string binary(char command, char family, const std::string& rest) {
    return kSignature + command + family + static_cast<char>(rest.size() / 256) +
           static_cast<char>(rest.size() % 256) + rest;
}

// 192.0.2.7:56324 to 192.0.2.1:443.
const std::string kIpv4("\xc0\0\x02\x07\xc0\0\x02\x01\xdc\x04\x01\xbb", 12);

struct Outcome {
    From from = From::itself;
    std::string peer;  // named
    std::size_t size = 0;

    bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(const ProxyHeaderParser& parser, std::size_t size) {
    const ProxyHeader& header = parser.header();
    return {header.from, header.from == From::named ? to_string(header.peer) : std::string(), size};
}

// Gives the input in two pieces; both are taken, as far as they belong to the header.
Outcome read_in_two(std::string_view input, std::size_t cut) {
    ProxyHeaderParser parser;
    const auto first = parser.take(input.substr(0, cut));
    EXPECT_TRUE(first) << input;
    std::size_t taken = first.value_or(0);
    if (!parser.done()) {
        EXPECT_EQ(taken, cut) << input;
        const auto second = parser.take(input.substr(cut));
        EXPECT_TRUE(second) << input;
        taken += second.value_or(0);
    }
    EXPECT_TRUE(parser.done()) << input;
    return outcome_of(parser, taken);
}

// With bytes behind it, which are not taken.
void expect_header(const std::string& header, From from, const std::string& peer) {
    const std::string input = header + "PROXY and more";
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
        EXPECT_EQ(read_in_two(input, cut), (Outcome{from, peer, header.size()})) << cut;
    }
}

// At the same byte for every split of the input.
void expect_error(const std::string& input, ProxyHeaderError error, std::size_t good_bytes) {
    for (std::size_t cut = 0; cut <= good_bytes; ++cut) {
        ProxyHeaderParser parser;
        ASSERT_TRUE(parser.take(std::string_view(input).substr(0, cut))) << input << " " << cut;
        EXPECT_FALSE(parser.done());
        const auto rest = parser.take(std::string_view(input).substr(cut, good_bytes + 1 - cut));
        ASSERT_FALSE(rest) << input << " " << cut;
        EXPECT_EQ(rest.error(), error) << input;
    }
}

void expect_malformed_line(const std::string& line) {
    const std::string input = line + "\r\n";
    expect_error(input, ProxyHeaderError::malformed, input.size() - 1);
}

TEST(ProxyHeader, LineNamesThePeer) {
    expect_header("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n", From::named, "192.0.2.7:56324");
    expect_header(
        "PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n", From::named, "[2001:db8::7]:56324"
    );
    expect_header("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", From::named, "0.0.0.0:0");
}

TEST(ProxyHeader, LineMayHaveNoAddress) {
    expect_header("PROXY UNKNOWN\r\n", From::unnamed, "");
    expect_header(
        "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", From::unnamed, ""
    );
}

TEST(ProxyHeader, LineHasOneFormOnly) {
    for (const char* const line :
         {"PROXY TCP4 192.0.2.7 192.0.2.1 56324",
          "PROXY TCP4 192.0.2.7 192.0.2.1 56324 443 ",
          "PROXY TCP4  192.0.2.7 192.0.2.1 56324 443",
          "PROXY TCP4 192.0.2.7 192.0.2.1 056324 443",
          "PROXY TCP4 192.0.2.7 192.0.2.1 65536 443",
          "PROXY TCP4 192.0.2.7 192.0.2.1 -1 443",
          "PROXY TCP4 192.0.2.7 192.0.2.1 56324 ",
          "PROXY TCP4 2001:db8::7 2001:db8::1 56324 443",
          "PROXY TCP6 192.0.2.7 192.0.2.1 56324 443",
          "PROXY TCP4 192.0.2.07 192.0.2.1 56324 443",
          "PROXY UDP4 192.0.2.7 192.0.2.1 56324 443",
          "PROXY UNKNOWNS",
          "PROXY tcp4 192.0.2.7 192.0.2.1 56324 443",
          "PROXY "}) {
        expect_malformed_line(line);
    }
    expect_malformed_line(std::string("PROXY TCP4 192.0.2.7\0x 192.0.2.1 56324 443", 42));
    expect_error("PROXY UNKNOWN\n", ProxyHeaderError::malformed, 13);
}

TEST(ProxyHeader, LineHasAtMost107Bytes) {
    const std::string start = "PROXY UNKNOWN ";
    const std::string longest =
        start + std::string(ProxyHeaderParser::kMaxLine - start.size() - 2, 'x') + "\r\n";
    expect_header(longest, From::unnamed, "");
    expect_error(
        start + std::string(200, 'x'), ProxyHeaderError::too_long, ProxyHeaderParser::kMaxLine - 1
    );
}

TEST(ProxyHeader, BinaryNamesThePeer) {
    expect_header(binary(0x21, 0x11, kIpv4), From::named, "192.0.2.7:56324");
    const std::string v6("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16);
    const std::string ports = "\xdc\x04\x01\xbb";
    expect_header(binary(0x21, 0x21, v6 + v6 + ports), From::named, "[2001:db8::7]:56324");
    const std::string mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x07", 16);
    expect_header(binary(0x21, 0x21, mapped + v6 + ports), From::named, "192.0.2.7:56324");
}

TEST(ProxyHeader, BinaryMayHaveNoAddress) {
    expect_header(binary(0x21, 0x00, ""), From::unnamed, "");
    expect_header(binary(0x21, 0x00, "abc"), From::unnamed, "");
    expect_header(binary(0x21, 0x31, std::string(216, 'p')), From::unnamed, "");
}

TEST(ProxyHeader, BinaryMayBeOfTheProxyItself) {
    expect_header(binary(0x20, 0x00, ""), From::itself, "");
    expect_header(binary(0x20, 0x11, kIpv4), From::itself, "");
    expect_header(binary(0x20, 0x7f, "?"), From::itself, "");
}

TEST(ProxyHeader, FurtherFieldsAreSkipped) {
    const std::string tls("\x20\0\x08\x07\0\0\0\0\x21\0\0", 11);
    expect_header(binary(0x21, 0x11, kIpv4 + tls), From::named, "192.0.2.7:56324");
    const std::size_t room = ProxyHeaderParser::kMaxBinary - 16 - kIpv4.size();
    const std::string longest = binary(0x21, 0x11, kIpv4 + std::string(room, 't'));
    ASSERT_EQ(longest.size(), ProxyHeaderParser::kMaxBinary);
    expect_header(longest, From::named, "192.0.2.7:56324");
    expect_error(
        binary(0x21, 0x11, kIpv4 + std::string(room + 1, 't')), ProxyHeaderError::too_long, 15
    );
    expect_error(binary(0x20, 0x00, std::string(65'535, 't')), ProxyHeaderError::too_long, 15);
}

TEST(ProxyHeader, BinaryIsRefusedAtTheEndOfItsFixedPart) {
    for (const std::string& header :
         {binary(0x11, 0x11, kIpv4),                // version 1
          binary(0x22, 0x11, kIpv4),                // an unknown command
          binary(0x21, 0x12, kIpv4),                // datagrams
          binary(0x21, 0x41, kIpv4),                // an unknown family
          binary(0x21, 0x11, kIpv4.substr(0, 11)),  // less than its addresses
          binary(0x21, 0x21, kIpv4),
          binary(0x21, 0x31, kIpv4)}) {
        expect_error(header, ProxyHeaderError::malformed, 15);
    }
}

TEST(ProxyHeader, OtherBytesAreRefusedAtTheFirstWrongOne) {
    expect_error("GET / HTTP/1.1\r\n", ProxyHeaderError::missing, 0);
    expect_error("\x16\x03\x01", ProxyHeaderError::missing, 0);
    expect_error("PRI * HTTP/2.0\r\n", ProxyHeaderError::missing, 2);
    expect_error("\r\n\r\nhello", ProxyHeaderError::missing, 4);
    ProxyHeaderParser parser;
    EXPECT_TRUE(parser.untouched());
    EXPECT_EQ(*parser.take(""), 0U);
    EXPECT_TRUE(parser.untouched());
    EXPECT_EQ(*parser.take("P"), 1U);
    EXPECT_FALSE(parser.untouched());
}

}  // namespace
}  // namespace telex::net
