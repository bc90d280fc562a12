// Limits of the parts of a syslog message, and agreement with a second parser on variants of lines.
#include "protocols/syslog/syslog_message.hpp"
#include "support/syslog_oracle.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace telex::session::syslog {
namespace {

constexpr std::string_view kLines[] = {
    "<13>Nov 29 18:33:00 vm root[12497]: udp",
    "<13>Nov 29 18:33:00 root: local dgram",
    "<155>1 2026-11-29T18:33:00.124246+00:00 vm myapp 77 M1 [timeQuality tzKnown=\"1\"][e@3 "
    "a=\"b\"] x",
    "<13>1 - - root - - - no time",
    "<46>2026-11-29T18:33:41.705819+01:00 vm systemd[1]: Started",
    "<11>pyapp: with ident",
    "<189>36: router1: 000036: .Nov 29 18:33:00 CET: %SYS-5-CONFIG_I: x",
    "<189>: 2009 Mar 21 22:30:00 CET: %ETHPORT-5-IF_UP: up",
    "<166>Jan 01 2024 10:00:00 fw1 : %ASA-6-302013: Built",
};

std::string modern(std::string_view host, std::string_view app, std::string_view msgid) {
    std::string line = "<13>1 - ";
    line.append(host).append(" ").append(app).append(" - ").append(msgid).append(" - x");
    return line;
}

TEST(SyslogLimits, LongestPartsAreRead) {
    const std::string host(kMaxHost, 'h');
    const std::string app(kMaxApp, 'a');
    const std::string msgid(kMaxMsgid, 'm');
    const std::string line = modern(host, app, msgid);
    const SyslogMessage message = parse_syslog(line);
    EXPECT_EQ(message.host, host);
    EXPECT_EQ(message.app, app);
    EXPECT_EQ(message.msgid, msgid);
}

TEST(SyslogLimits, LongerPartsOfRfc5424AreNotUnderstood) {
    for (const std::string& line :
         {modern(std::string(kMaxHost + 1, 'h'), "a", "m"),
          modern("h", std::string(kMaxApp + 1, 'a'), "m"),
          modern("h", "a", std::string(kMaxMsgid + 1, 'm'))}) {
        EXPECT_EQ(parse_syslog(line).format, SyslogFormat::unknown) << line;
    }
}

TEST(SyslogLimits, LongerPartsOfRfc3164AreText) {
    const std::string time = "<13>Nov 29 18:33:00 ";
    const std::string host = time + std::string(kMaxHost + 1, 'h') + " a: x";
    EXPECT_EQ(parse_syslog(host).host, "");
    EXPECT_EQ(parse_syslog(host).text, std::string_view(host).substr(time.size()));
    const std::string app = time + "h " + std::string(kMaxApp + 1, 'a') + ": x";
    EXPECT_EQ(parse_syslog(app).app, "");
    const std::string procid = time + "h a[" + std::string(kMaxProcid + 1, '1') + "]: x";
    EXPECT_EQ(parse_syslog(procid).app, "");
    EXPECT_EQ(parse_syslog(procid).procid, "");
}

TEST(SyslogProperty, EveryBeginningOfALineAgreesWithTheOracle) {
    for (const std::string_view whole : kLines) {
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            const std::string_view beginning = whole.substr(0, size);
            // A copy of exactly this size: reading beyond it is found.
            const std::vector<char> copy(beginning.begin(), beginning.end());
            const std::string_view line(copy.data(), copy.size());
            EXPECT_EQ(testing::syslog_disagreement(line), "") << line;
        }
    }
}

TEST(SyslogProperty, EveryChangeOfOneByteAgreesWithTheOracle) {
    constexpr std::string_view kBytes = " :[]%*.-\"\\=1aT\x80";
    for (const std::string_view whole : kLines) {
        for (std::size_t at = 0; at < whole.size(); ++at) {
            for (const char byte : kBytes) {
                std::string line(whole);
                line[at] = byte;
                EXPECT_EQ(testing::syslog_disagreement(line), "") << line;
            }
        }
    }
}

// With quadratic work this would not end.
TEST(SyslogProperty, LongLinesAreReadOnce) {
    constexpr std::string_view kBeginnings[] = {
        "<13>",
        "<13>Nov 29 18:33:00 ",
        "<13>Nov 29 18:33:00 h a[",
        "<189>22: ",
        "<189>: ",
        "<13>1 - h a - - ",
        "<13>1 - h a - - [x ",
        "<13>1 - h a - - [x y=\"",
    };
    constexpr std::string_view kRepeated[] = {
        " ",
        "[",
        "]",
        ":",
        ": ",
        "1",
        "a",
        "22: ",
        "%",
        "\\",
        "[x]",
        "[x y=\"z\"]",
        "y=\"z\" ",
        "\xF6",
    };
    constexpr std::size_t kSize = 1U << 16U;
    for (const std::string_view beginning : kBeginnings) {
        for (const std::string_view piece : kRepeated) {
            std::string line(beginning);
            while (line.size() < kSize) {
                line += piece;
            }
            EXPECT_EQ(testing::syslog_disagreement(line), "") << beginning << " " << piece;
        }
    }
}

TEST(SyslogProperty, RandomPiecesAgreeWithTheOracle) {
    constexpr std::string_view kPieces[] = {
        "<13>",
        "1 ",
        "- ",
        "-",
        "2026-11-29T18:33:00Z ",
        "Nov 29 18:33:00",
        " ",
        ": ",
        ":",
        "[",
        "]",
        "%SYS-5-A",
        "host",
        "a=\"b\"",
        "\\",
        "\"",
        "22: ",
        "*",
        "2026 ",
        "\x80",
        "CET",
    };
    std::mt19937 random(16);
    std::uniform_int_distribution<std::size_t> piece(0, std::size(kPieces) - 1);
    for (int round = 0; round < 20'000; ++round) {
        std::string line = round % 4 == 0 ? "" : round % 4 == 1 ? "<13>1 " : "<13>";
        for (int i = 0; i < 12; ++i) {
            line += kPieces[piece(random)];
        }
        ASSERT_EQ(testing::syslog_disagreement(line), "") << line;
    }
}

}  // namespace
}  // namespace telex::session::syslog
