// The recipes that the tool tries, beside the cookbook.
#include "cli/frames/recipes.hpp"

#include "cli/frames/cookbook.hpp"
#include "config/framing_lookup.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace telex::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;

std::string cookbook_file() {
    std::ostringstream text;
    text << std::ifstream(std::string(TELEX_SOURCE_DIR) + "/docs/framing-cookbook.md").rdbuf();
    return text.str();
}

TEST(Recipes, AreThoseOfTheCookbook) {
    EXPECT_EQ(cookbook_text(), cookbook_file());
    // Read in another way: each line of a table whose second cell is code, up to the datagrams.
    std::istringstream lines(cookbook_file());
    std::set<std::string> framings;
    bool streams = true;
    for (std::string line; std::getline(lines, line);) {
        streams = line.starts_with("## ") ? line.find("Datagrams") == std::string::npos : streams;
        const std::size_t cell = line.find(" | `");
        if (!streams || cell == std::string::npos) {
            continue;
        }
        std::istringstream codes(line.substr(cell + 4, line.rfind("` | ") - cell - 4));
        for (std::string code; std::getline(codes, code, '`');) {
            if (code != ", ") {
                framings.insert(code);
            }
        }
    }
    std::set<std::string> found;
    const std::vector<Recipe> recipes = read_recipes(cookbook_text());
    for (const Recipe& recipe : recipes) {
        found.insert(recipe.framing);
        EXPECT_FALSE(recipe.formats.empty());
    }
    EXPECT_EQ(found, framings);
    EXPECT_EQ(found.size(), recipes.size());
    EXPECT_GT(recipes.size(), 50U);
}

TEST(Recipes, AreValidFramings) {
    for (const Recipe& recipe : all_recipes()) {
        const auto framing = config::framing_of_text(recipe.framing);
        EXPECT_TRUE(framing) << recipe.framing << ": " << framing.error();
    }
}

TEST(Recipes, IncludeEveryPresetForStreams) {
    const std::vector<Recipe> recipes = all_recipes();
    for (const std::string& preset : test::stream_presets()) {
        if (!preset.starts_with("fixed:")) {
            EXPECT_THAT(recipes, Contains(Field(&Recipe::framing, preset)));
        }
    }
}

TEST(Recipes, AreReadFromRows) {
    const std::vector<Recipe> recipes = read_recipes(
        "| format | framing | tried |\n|---|---|---|\n"
        "| a; a remark | `u8`, `{x: \"|\"}` | read |\n| b, `c` | `u8` | both |\n"
        "no | `u16be` | table |\n| d | no framing | read |\n| e | `cut\n"
        "## Datagrams\n| f | `lines` | read |\n## More\n| g | `crlf` | read |\n"
    );
    ASSERT_EQ(recipes.size(), 3U);
    EXPECT_EQ(recipes[0].framing, "u8");
    EXPECT_THAT(recipes[0].formats, ElementsAre("a", "b, c"));
    EXPECT_EQ(recipes[2].framing, "crlf");
}

}  // namespace
}  // namespace telex::cli
