// The cookbook's framings read and write the bytes of the programs that they are for.
#include "support/recorded_frames.hpp"

#include "codec/encoder.hpp"
#include "config/framing_lookup.hpp"
#include "support/decode_driver.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace telex::cli {
namespace {

using test::RecordedFrame;
using test::RecordedStream;
using test::Recording;

const std::vector<Recording>& recordings() {
    static const std::vector<Recording> all =
        test::read_recordings(std::string(TELEX_SOURCE_DIR) + "/tests/data/cookbook");
    return all;
}

struct CookbookRow {
    std::string format;
    std::vector<std::string> framings;
    std::string tried;
};

std::string cookbook_page() {
    std::ostringstream text;
    text << std::ifstream(std::string(TELEX_SOURCE_DIR) + "/docs/framing-cookbook.md").rdbuf();
    return text.str();
}

// "| format; a remark | `framing`, `framing` | tried |"
std::vector<CookbookRow> cookbook_rows() {
    std::vector<CookbookRow> rows;
    std::istringstream page(cookbook_page());
    for (std::string line; std::getline(page, line);) {
        const std::size_t cell = line.find(" | `");
        const std::size_t end = line.rfind("` | ");
        if (cell == std::string::npos || end == std::string::npos) {
            continue;
        }
        CookbookRow row;
        row.format = line.substr(2, std::min(cell, line.find(';')) - 2);
        std::erase(row.format, '`');
        row.tried = line.substr(end + 4, line.size() - end - 6);
        std::istringstream codes(line.substr(cell + 4, end - cell - 4));
        for (std::string code; std::getline(codes, code, '`');) {
            if (code != ", ") {
                row.framings.push_back(code);
            }
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

const CookbookRow& row_of(const Recording& recording) {
    static const std::vector<CookbookRow> rows = cookbook_rows();
    static const CookbookRow none;
    const auto found = std::ranges::find(rows, recording.format, &CookbookRow::format);
    return found == rows.end() ? none : *found;
}

std::string framing_text(const Recording& recording) {
    const CookbookRow& row = row_of(recording);
    return recording.framing.empty() && row.framings.size() == 1 ? row.framings.front()
                                                                 : recording.framing;
}

// The framing that reads a stream: a peer reads with that of telexd's writing.
codec::Framing framing_of(const Recording& recording, const RecordedStream& stream) {
    const auto framing = config::framing_of_text(framing_text(recording));
    EXPECT_TRUE(framing) << framing.error();
    return stream.written ? framing->written() : *framing;
}

std::vector<std::string> payloads_of(const RecordedStream& stream) {
    std::vector<std::string> payloads;
    for (const RecordedFrame& frame : stream.frames) {
        payloads.push_back(frame.payload);
    }
    return payloads;
}

// All pairs of pieces, and each byte alone.
void expect_frames(const codec::Framing& framing, const RecordedStream& stream) {
    const std::string bytes = stream.bytes();
    for (std::size_t first = 0; first <= bytes.size(); ++first) {
        std::size_t piece = first == 0 ? 1 : first;
        const auto next = [&] { return first == 0 ? 1 : std::exchange(piece, bytes.size()); };
        const auto result = test::drive(framing, bytes, next);
        ASSERT_EQ(result.outcome.frames, payloads_of(stream)) << "first piece: " << first;
        ASSERT_EQ(result.violation, std::nullopt);
        const auto& error = result.outcome.error;
        ASSERT_EQ(error ? codec::name_of(*error) : "", stream.error) << "first piece: " << first;
    }
}

// The frames as telexd writes them.
std::string encoded(const Recording& recording, const RecordedStream& stream) {
    const auto framing = config::framing_of_text(framing_text(recording));
    const auto encoder = codec::make_encoder(*framing);
    std::string out;
    for (const RecordedFrame& frame : stream.frames) {
        if (const auto done = encoder->encode(frame.payload, out); !done) {
            return fmt::format("{}: {}", out, codec::name_of(done.error()));
        }
    }
    return out + stream.rest;
}

bool is_recorded(const CookbookRow& row) {
    return row.tried.find("recorded") != std::string::npos;
}

template <class Check>
void for_each_stream(Check check) {
    for (const Recording& recording : recordings()) {
        for (const RecordedStream& stream : recording.streams) {
            SCOPED_TRACE(recording.name + ", " + stream.from);
            check(recording, stream, framing_of(recording, stream));
        }
    }
}

TEST(RecordedFrames, AreReadAtEverySplit) {
    for_each_stream([](const Recording&, const RecordedStream& stream, const auto& framing) {
        ASSERT_FALSE(stream.frames.empty());
        expect_frames(framing, stream);
    });
}

TEST(RecordedFrames, AreWrittenAgain) {
    for_each_stream([](const Recording& recording, const RecordedStream& stream, const auto&) {
        if (stream.encodes_differently.empty()) {
            EXPECT_EQ(encoded(recording, stream), stream.bytes());
        } else {
            EXPECT_NE(encoded(recording, stream), stream.bytes()) << "the reason is not true";
        }
    });
}

TEST(RecordedFrames, BelongToRowsThatSaySo) {
    std::set<std::string> formats;
    for (const Recording& recording : recordings()) {
        SCOPED_TRACE(recording.name);
        EXPECT_THAT(row_of(recording).framings, testing::Contains(framing_text(recording)));
        EXPECT_TRUE(is_recorded(row_of(recording)));
        EXPECT_FALSE(recording.program.empty() || recording.command.empty());
        EXPECT_FALSE(recording.streams.empty());
        formats.insert(recording.format);
    }
    for (const CookbookRow& row : cookbook_rows()) {
        EXPECT_EQ(is_recorded(row), formats.contains(row.format)) << row.format;
    }
}

// A row with replies has bytes that the program accepted, and the framing writes them.
TEST(RecordedFrames, WereAcceptedWhereTheRowSaysBoth) {
    std::set<std::string> accepted;
    for_each_stream([&](const Recording& recording, const RecordedStream& stream, const auto&) {
        if (stream.written && stream.encodes_differently.empty()) {
            accepted.insert(recording.format);
        }
    });
    for (const CookbookRow& row : cookbook_rows()) {
        if (is_recorded(row)) {
            EXPECT_EQ(row.tried.starts_with("both"), accepted.contains(row.format)) << row.format;
        }
    }
}

TEST(RecordedFrames, AreCountedInThePage) {
    const std::vector<CookbookRow> rows = cookbook_rows();
    const auto recorded = std::ranges::count_if(rows, is_recorded);
    EXPECT_GE(recorded, 40);
    const std::string sentence = fmt::format(
        "{} of the {} rows above are recorded, in {} files.",
        recorded,
        rows.size(),
        recordings().size()
    );
    EXPECT_NE(cookbook_page().find(sentence), std::string::npos) << sentence;
}

}  // namespace
}  // namespace telex::cli
