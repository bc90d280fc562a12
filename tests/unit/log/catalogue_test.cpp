#include "log/catalogue.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace telex::log {
namespace {

using ::testing::MatchesRegex;

std::vector<std::string> lines_of(const std::filesystem::path& file) {
    std::vector<std::string> lines;
    std::ifstream stream(std::filesystem::path(TELEX_SOURCE_DIR) / file);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

TEST(Catalogue, HasUniqueNamesAndIds) {
    std::set<std::string_view> names;
    std::set<std::string_view> ids;
    for (const Event& event : kCatalogue) {
        EXPECT_TRUE(names.insert(event.name).second) << event.name;
        EXPECT_TRUE(ids.insert(event.message_id).second) << event.name;
        EXPECT_THAT(std::string(event.name), MatchesRegex("[a-z_]+"));
        EXPECT_THAT(std::string(event.message_id), MatchesRegex("[0-9a-f]{32}")) << event.name;
    }
}

// journalctl -x shows the explanation.
TEST(Catalogue, IsExplainedToTheJournal) {
    std::set<std::string> explained;
    for (const std::string& line : lines_of("systemd/telex.catalog")) {
        if (line.starts_with("-- ")) {
            EXPECT_TRUE(explained.insert(line.substr(3)).second) << line;
        }
    }
    std::set<std::string> ids;
    for (const Event& event : kCatalogue) {
        ids.emplace(event.message_id);
    }
    EXPECT_EQ(explained, ids);
}

TEST(Catalogue, IsDocumented) {
    const auto lines = lines_of("docs/operations.md");
    std::set<std::string> documented;
    bool in_table = false;
    for (const std::string& line : lines) {
        in_table = line.starts_with("| event |") || (in_table && line.starts_with("|"));
        if (in_table && line.starts_with("| `")) {
            documented.insert(line);
        }
    }
    std::set<std::string> rows;
    for (const Event& event : kCatalogue) {
        rows.insert(
            fmt::format("| `{}` | {} | {} |", event.name, name_of(event.level), event.sentence)
        );
    }
    EXPECT_EQ(documented, rows);
}

}  // namespace
}  // namespace telex::log
