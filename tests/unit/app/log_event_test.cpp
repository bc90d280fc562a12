#include "app/log_event.hpp"

#include "app/journal_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace telex::app {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

TEST(LogEvent, IsKnownByHowItsLineBegins) {
    EXPECT_EQ(event_of("ready: server=telex")->name, "ready");
    EXPECT_EQ(event_of("reload ended: refused, everything stays")->name, "reload_refused");
    EXPECT_EQ(event_of("reload ended: changes=0 renewed=0")->name, "reload_done");
    EXPECT_EQ(event_of("reload: log.level: set to 'debug'")->name, "reload_change");
    EXPECT_EQ(event_of("something else"), nullptr);
    EXPECT_EQ(event_of(""), nullptr);
}

TEST(LogEvent, HasTheFieldsOfItsLine) {
    EXPECT_THAT(
        fields_of("connection ended: connection=7 peer=unix uid=0 pid=3 client=\"a b=c\" bytes_in=5"
        ),
        ElementsAre(
            Pair("connection", "7"),
            Pair("peer", "unix"),
            Pair("uid", "0"),
            Pair("pid", "3"),
            Pair("client", "a b=c"),
            Pair("bytes_in", "5")
        )
    );
    EXPECT_THAT(fields_of("no fields here, A=b, =x, 1=2"), IsEmpty());
    EXPECT_THAT(fields_of("open=\"without an end"), ElementsAre(Pair("open", "without an end")));
    EXPECT_THAT(
        fields_of("empty= next=\"\" last="),
        ElementsAre(Pair("empty", ""), Pair("next", ""), Pair("last", ""))
    );
    EXPECT_THAT(fields_of(""), IsEmpty());
}

TEST(JournalFields, AreThoseOfTheEvent) {
    const spdlog::details::log_msg line(
        "telexd", spdlog::level::warn, "connection ended: listener=n reason=bad_frame"
    );
    EXPECT_THAT(
        journal_fields(line),
        ElementsAre(
            "MESSAGE=connection ended: listener=n reason=bad_frame",
            "PRIORITY=4",
            "SYSLOG_IDENTIFIER=telexd",
            "MESSAGE_ID=f3c5d0c6b6f94c5ea2a1f0f59d1b7a03",
            "TELEX_EVENT=connection_ended",
            "TELEX_LISTENER=n",
            "TELEX_REASON=bad_frame"
        )
    );
    const spdlog::details::log_msg other("telexd", spdlog::level::err, "what=ever");
    EXPECT_THAT(journal_fields(other), Not(Contains(StartsWith("TELEX_"))));
}

// An entry of the journal is one datagram.
TEST(JournalFields, OfALongLineAreThoseOfItsBeginning) {
    const std::string text = "ready: server=x version=" + std::string(100'000, 'y') + " pid=1";
    const auto fields = journal_fields({"telexd", spdlog::level::info, text});
    EXPECT_EQ(fields.at(0), "MESSAGE=" + text.substr(0, 32'768) + " (and 67262 bytes)");
    EXPECT_THAT(fields, Contains("TELEX_SERVER=x"));
    EXPECT_THAT(fields, Not(Contains("TELEX_PID=1")));
}

TEST(JournalFields, OfALongLineEndWithAWholeCharacter) {
    std::string text = "x";
    while (text.size() < 32'770) {
        text += "\u20ac";
    }
    const auto fields = journal_fields({"telexd", spdlog::level::info, text});
    EXPECT_EQ(fields.at(0), "MESSAGE=" + text.substr(0, 32'767) + " (and 3 bytes)");
}

// Every event has a text in the catalogue, whose fields its lines have; and no text is without an
// event.
TEST(LogEvent, StandsInTheCatalogue) {
    std::ifstream file(std::filesystem::path(TELEX_SOURCE_DIR) / "systemd/telex.catalog");
    std::set<std::string> in_catalog;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("-- ")) {
            EXPECT_TRUE(in_catalog.insert(line.substr(3)).second) << line;
        }
    }
    std::set<std::string> in_table;
    for (const LogEvent& event : log_events()) {
        EXPECT_TRUE(in_table.emplace(event.message_id).second) << event.name;
    }
    EXPECT_EQ(in_catalog, in_table);
}

}  // namespace
}  // namespace telex::app
