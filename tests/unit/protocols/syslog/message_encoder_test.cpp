// Parts become headers of the message that subscribers read with protobuf.
#include "protocols/syslog/message_encoder.hpp"

#include "telex/v1/telex.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace telex::session::syslog {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

v1::Message encoded(MessageEncoder& encoder, std::string_view line) {
    const wire::MessageView view = encoder.encode("log.a", line, parse_syslog(line));
    // The exchange would find the same by a scan.
    const auto scanned = wire::scan_message(view.body);
    EXPECT_TRUE(scanned);
    EXPECT_EQ(view.subject.data(), scanned->subject.data());
    EXPECT_EQ(view.payload.data(), scanned->payload.data());
    EXPECT_EQ(view.header_count, scanned->header_count);
    EXPECT_EQ(view.header_bytes, scanned->header_bytes);
    v1::Message message;
    EXPECT_TRUE(message.ParseFromArray(view.body.data(), static_cast<int>(view.body.size())));
    EXPECT_EQ(message.subject(), "log.a");
    EXPECT_EQ(message.payload(), line);
    return message;
}

std::vector<std::pair<std::string, std::string>> headers_of(std::string_view line) {
    MessageEncoder encoder;
    std::vector<std::pair<std::string, std::string>> headers;
    const v1::Message message = encoded(encoder, line);
    for (const v1::Header& header : message.headers()) {
        headers.emplace_back(header.name(), header.value());
    }
    return headers;
}

TEST(SyslogHeaders, NameEachPart) {
    EXPECT_THAT(
        headers_of("<155>1 2026-11-29T18:33:00Z vm app 77 M1 [a@1 b=\"c\"] text"),
        ElementsAre(
            Pair("syslog-format", "rfc5424"),
            Pair("syslog-facility", "local3"),
            Pair("syslog-severity", "err"),
            Pair("syslog-time", "2026-11-29T18:33:00Z"),
            Pair("syslog-host", "vm"),
            Pair("syslog-app", "app"),
            Pair("syslog-procid", "77"),
            Pair("syslog-msgid", "M1"),
            Pair("syslog-data", "[a@1 b=\"c\"]")
        )
    );
}

TEST(SyslogHeaders, LeaveOutAbsentParts) {
    EXPECT_THAT(
        headers_of("<12>python says hi"),
        ElementsAre(
            Pair("syslog-format", "rfc3164"),
            Pair("syslog-facility", "user"),
            Pair("syslog-severity", "warning")
        )
    );
}

TEST(SyslogHeaders, SayThatAMessageIsNotUnderstood) {
    EXPECT_THAT(headers_of("no priority"), ElementsAre(Pair("syslog-format", "unknown")));
    EXPECT_THAT(
        headers_of("<11>1 - broken"),
        ElementsAre(
            Pair("syslog-format", "unknown"),
            Pair("syslog-facility", "user"),
            Pair("syslog-severity", "err")
        )
    );
}

TEST(SyslogHeaders, AreUtf8) {
    // Latin-1 in three parts, beside UTF-8.
    const auto headers =
        headers_of("<13>1 - h\xF6st \xC3\xB6pp - - [a@1 b=\"\xFF\xC3\" c=\"\xC3\xB6\"] \xF6");
    EXPECT_EQ(headers.at(3), std::pair(std::string("syslog-host"), std::string("h?st")));
    EXPECT_EQ(headers.at(4), std::pair(std::string("syslog-app"), std::string("\xC3\xB6pp")));
    EXPECT_EQ(
        headers.at(5),
        std::pair(std::string("syslog-data"), std::string("[a@1 b=\"??\" c=\"\xC3\xB6\"]"))
    );
}

TEST(SyslogHeaders, OfOneMessageDoNotAppearInTheNext) {
    MessageEncoder encoder;
    EXPECT_EQ(encoded(encoder, "<155>1 - h\xF6st app 77 M1 - text").headers_size(), 7);
    encoder.give_back_if_idle();
    EXPECT_EQ(encoded(encoder, "<13>x").headers_size(), 3);
    encoder.give_back_if_idle();
    encoder.give_back_if_idle();
    EXPECT_EQ(encoded(encoder, "x").headers_size(), 1);
}

// Parts of each length, with and without bytes of the message behind them: the memory of the line
// ends with it, so that a sanitizer sees a read beyond it.
TEST(SyslogHeaders, HavePartsOfAnyLengthAtAnyDistanceFromTheEnd) {
    constexpr std::size_t kLongestHost = 140;
    constexpr std::size_t kLongestText = 40;
    for (std::size_t host = 1; host <= kLongestHost; ++host) {
        for (std::size_t text = 0; text <= kLongestText; ++text) {
            const std::string name(host, 'h');
            const std::string message = "<155>1 - " + name + " a p m - " + std::string(text, 't');
            const std::vector<char> line(message.begin(), message.end());
            EXPECT_THAT(
                headers_of({line.data(), line.size()}),
                ElementsAre(
                    Pair("syslog-format", "rfc5424"),
                    Pair("syslog-facility", "local3"),
                    Pair("syslog-severity", "err"),
                    Pair("syslog-host", name),
                    Pair("syslog-app", "a"),
                    Pair("syslog-procid", "p"),
                    Pair("syslog-msgid", "m")
                )
            );
        }
    }
}

}  // namespace
}  // namespace telex::session::syslog
