#include "log/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <initializer_list>
#include <optional>
#include <string>

namespace telex::log {
namespace {

using ::testing::HasSubstr;

constexpr EventId kEnded = "connection_ended";

struct Rendered {
    Rendered(std::initializer_list<Field> fields, std::uint64_t suppressed = 0) {
        const Record record{
            .event = *kEnded,
            .level = Level::warning,
            .fields = {fields.begin(), fields.size()},
            .suppressed = suppressed,
            .time = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'500)),
        };
        const RecordText texts(record);
        text = to_text(texts);
        dated = to_dated_text(texts);
        json = nlohmann::json::parse(to_json(texts));
        journal = to_journal_entry(texts);
    }

    std::string text;
    std::string dated;
    nlohmann::json json;
    std::string journal;
};

TEST(Record, HasItsFieldsInEachFormat) {
    const Rendered line({{"connection", 7U}, {"reason", "bad_frame"}, {"seconds", 0.5}});
    EXPECT_EQ(line.text, "connection ended: connection=7 reason=bad_frame seconds=0.500");
    EXPECT_EQ(line.dated, "1970-01-01T00:00:01.500Z warning " + line.text);
    EXPECT_EQ(
        line.json,
        nlohmann::json({
            {"time", 1.5},
            {"level", "warning"},
            {"event", "connection_ended"},
            {"message", line.text},
            {"fields", {{"connection", "7"}, {"reason", "bad_frame"}, {"seconds", "0.500"}}},
        })
    );
    EXPECT_EQ(
        line.journal,
        "MESSAGE=" + line.text +
            "\nPRIORITY=4\nSYSLOG_IDENTIFIER=telexd\n"
            "MESSAGE_ID=f3c5d0c6b6f94c5ea2a1f0f59d1b7a03\nTELEX_EVENT=connection_ended\n"
            "TELEX_CONNECTION=7\nTELEX_REASON=bad_frame\nTELEX_SECONDS=0.500\n"
    );
}

TEST(Record, WithoutFieldsIsItsSentence) {
    EXPECT_EQ(Rendered({}).text, "connection ended");
    EXPECT_FALSE(Rendered({}).json.contains("fields"));
}

TEST(Record, RendersEachKindOfValue) {
    const std::string text = "text";
    EXPECT_EQ(
        Rendered({{"a", text}, {"b", -1}, {"c", std::size_t{1}}, {"d", true}, {"e", 1.0 / 3}}).text,
        "connection ended: a=text b=-1 c=1 d=true e=0.333"
    );
}

TEST(Record, LeavesOutAbsentFields) {
    const std::optional<std::string> absent;
    const std::optional<std::string> present("x");
    const Rendered line({{"user", absent}, {"peer", present}});
    EXPECT_EQ(line.text, "connection ended: peer=x");
    EXPECT_EQ(line.journal.find("TELEX_USER"), std::string::npos);
}

TEST(Record, ReportsSuppressedLines) {
    EXPECT_EQ(Rendered({{"peer", "x"}}, 3).text, "connection ended: peer=x suppressed=3");
    EXPECT_EQ(Rendered({}, 3).json["fields"]["suppressed"], "3");
}

TEST(Record, QuotesAValueThatNeedsIt) {
    EXPECT_EQ(
        Rendered({{"a", ""}, {"b", "x y"}, {"c", "CN=x"}, {"d", "x\"y"}}).text,
        "connection ended: a=\"\" b=\"x y\" c=\"CN=x\" d=\"x\\x22y\""
    );
}

// Peers choose client names, subjects and error texts.
TEST(Record, ResistsForgedLinesAndFields) {
    const std::string name = "x\" reason=forged\nTELEX_REASON=forged\x1b[2J\xff";
    const Rendered line({{"client", name}, {"reason", "client_closed"}});
    EXPECT_EQ(
        line.text,
        "connection ended: client=\"x\\x22 reason=forged\\x0aTELEX_REASON=forged\\x1b[2J\\xff\" "
        "reason=client_closed"
    );
    EXPECT_EQ(
        line.json["fields"]["client"], "x\" reason=forged\\x0aTELEX_REASON=forged\\x1b[2J\\xff"
    );
    EXPECT_EQ(line.journal.find("\nTELEX_REASON=forged"), std::string::npos);
    EXPECT_THAT(line.journal, HasSubstr("\nTELEX_REASON=client_closed\n"));
}

TEST(Record, CutsALongValueAfterAWholeCharacter) {
    std::string name = "x";
    while (name.size() < 3 * Value::kMaxBytes) {
        name += "\u20ac";
    }
    const Rendered line({{"client", name}, {"reason", "kicked"}});
    EXPECT_EQ(line.json["fields"]["client"], name.substr(0, 1 + 3 * ((Value::kMaxBytes - 1) / 3)));
    EXPECT_EQ(line.json["fields"]["reason"], "kicked");
}

}  // namespace
}  // namespace telex::log
