// docs/protocol.md says of every error code its number, its name and whether it closes: this keeps
// the page and the enum the same.
#include "wire/errors.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace telex::wire {
namespace {

struct Row {
    std::string name;
    std::string closes;
};

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" `");
    const auto last = text.find_last_not_of(" `");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// Rows of the form "| 20 | `BAD_SUBJECT` | no | ...".
std::map<int, Row> documented_codes() {
    std::ifstream page(TELEX_SOURCE_DIR "/docs/protocol.md");
    std::map<int, Row> rows;
    for (std::string line; std::getline(page, line);) {
        std::istringstream cells(line);
        std::string before;
        std::string number;
        Row row;
        std::getline(cells, before, '|');
        std::getline(cells, number, '|');
        std::getline(cells, row.name, '|');
        std::getline(cells, row.closes, '|');
        row = {trimmed(row.name), trimmed(row.closes)};
        number = trimmed(number);
        const bool is_number =
            !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
        if (is_number && (row.closes == "yes" || row.closes == "no")) {
            EXPECT_TRUE(rows.emplace(std::stoi(number), row).second) << "twice: " << number;
        }
    }
    return rows;
}

TEST(ProtocolDocument, ListsEveryErrorCodeAsItIs) {
    const std::map<int, Row> rows = documented_codes();
    const auto* const codes = v1::ErrorCode_descriptor();
    for (int index = 1; index < codes->value_count(); ++index) {
        const int number = codes->value(index)->number();
        ASSERT_TRUE(rows.contains(number)) << codes->value(index)->name();
        EXPECT_EQ(rows.at(number).name, codes->value(index)->name());
        EXPECT_EQ(rows.at(number).closes, closes(static_cast<v1::ErrorCode>(number)) ? "yes" : "no")
            << codes->value(index)->name();
    }
}

TEST(ProtocolDocument, ListsNoErrorCodeThatDoesNotExist) {
    for (const auto& [number, row] : documented_codes()) {
        EXPECT_TRUE(v1::ErrorCode_IsValid(number)) << number << ' ' << row.name;
    }
}

TEST(ProtocolDocument, MentionsEveryFrameKind) {
    std::ifstream page(TELEX_SOURCE_DIR "/docs/protocol.md");
    std::ostringstream text;
    text << page.rdbuf();
    const auto* const controls = v1::Frame::descriptor()->FindOneofByName("control");
    for (int index = 0; index < controls->field_count(); ++index) {
        const std::string kind = controls->field(index)->message_type()->name();
        EXPECT_NE(text.str().find("`" + kind + "`"), std::string::npos) << kind;
    }
}

}  // namespace
}  // namespace telex::wire
