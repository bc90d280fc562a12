// No diagnostic shows the content of ${file:} or ${credential:}, whatever it is, wherever it stands
// and whichever rule it breaks: the broken files again, with each of their values from a file.
#include "config/load.hpp"
#include "config/parse/yaml_tree.hpp"
#include "test_environment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace telex::config {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSecret = "Qz7";

// Valid as a name, a subject, an address, nothing; with characters that messages escape.
constexpr std::array kContents{
    "Qz7"sv, "unix:///run/Qz7"sv, "Qz7.\rQz7.\0Qz7"sv, "\\nQz7\xff"sv, "Qz7 5s Qz7"sv
};

void collect(const Node& node, std::set<std::string>& texts) {
    if (node.kind == Node::Kind::text) {
        texts.insert(node.text);
    }
    for (const Node& item : node.items) {
        collect(item, texts);
    }
    for (const Entry& entry : node.entries) {
        collect(entry.value, texts);
    }
}

// The values of a file that are written as they are, without escapes.
std::set<std::string> values_of(const std::string& text) {
    Report report("f", text);
    std::set<std::string> values;
    if (const auto root = parse_yaml(text, report)) {
        collect(*root, values);
    }
    values.erase("");
    return values;
}

bool ends_a_value(char byte) {
    return "\n,]} #"sv.find(byte) != std::string_view::npos;
}

// Replaces the value wherever it stands after "key: ", "- " or in a list.
std::string with_value(std::string text, const std::string& value, const std::string& other) {
    for (std::size_t at = text.find(value, 1); at != std::string::npos;) {
        std::size_t begin = at;
        std::size_t end = at + value.size();
        if (text[begin - 1] == '"' && end < text.size() && text[end] == '"') {
            --begin;
            ++end;
        }
        const bool starts = begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '[');
        if (starts && (end == text.size() || ends_a_value(text[end]))) {
            text.replace(begin, end - begin, other);
            end = begin + other.size();
        }
        at = text.find(value, end);
    }
    return text;
}

std::string without_comments(std::string text) {
    while (text.starts_with('#')) {
        text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);
    }
    return text;
}

TEST(Secrecy, OfEveryValueInEveryDiagnostic) {
    const TemporaryFolder folder;
    const auto broken = std::filesystem::path(TELEX_SOURCE_DIR) / "tests/unit/config/broken";
    std::size_t diagnostics = 0;
    for (const auto& entry : std::filesystem::directory_iterator(broken)) {
        const std::string text = without_comments(read_whole(entry.path()));
        for (const std::string& value : values_of(text)) {
            for (const std::string_view content : kContents) {
                const std::string file = folder.write("f", content);
                const std::string secret = with_value(text, value, "\"${file:" + file + "}\"");
                const auto result = load_text("f.yaml", secret, fixed_environment());
                const std::string shown = render(result.diagnostics);
                EXPECT_EQ(shown.find(kSecret), std::string::npos)
                    << entry.path() << ": " << value << '\n'
                    << shown;
                diagnostics += result.diagnostics.size();
            }
        }
    }
    EXPECT_GT(diagnostics, 1'000U) << "of secret values, too";
}

TEST(Secrecy, OfAValueThatARuleRefuses) {
    const TemporaryFolder folder;
    const std::string file = folder.write("f", "Qz7");
    const auto result = load_text(
        "f.yaml",
        "listeners:\n"
        "  - {name: \"${file:" +
            file +
            "}\", address: \"tcp://127.0.0.1:0\"}\n"
            "  - {name: \"${file:" +
            file + "}\", address: \"tcp://127.0.0.1:0\"}\n",
        fixed_environment()
    );
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_EQ(
        result.diagnostics[0].message,
        "listeners[1].name: '${file:" + file + "}' is not valid here; its content is not shown"
    );
}

// The rule is about two values; the error is at the other one.
TEST(Secrecy, OfANumberThatLimitsAnother) {
    const TemporaryFolder folder;
    const std::string file = folder.write("f", "70007B");
    const auto result = load_text(
        "f.yaml",
        "listeners:\n"
        "  - name: a\n"
        "    address: tcp://127.0.0.1:0\n"
        "    limits: {max_frame: \"${file:" +
            file + "}\", max_frame_before_hello: 80000B}\n",
        fixed_environment()
    );
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_EQ(result.diagnostics[0].message.find("70007"), std::string::npos)
        << result.diagnostics[0].message;
    EXPECT_NE(result.diagnostics[0].message.find("${file:"), std::string::npos);
}

TEST(Secrecy, HintsSayWhatIsExpected) {
    const TemporaryFolder folder;
    const std::string file = folder.write("f", "Qz7");
    const auto result = load_text(
        "f.yaml",
        "listeners:\n"
        "  - name: a\n"
        "    address: tcp://127.0.0.1:0\n"
        "    limits: {max_connections: \"${file:" +
            file + "}\"}\n",
        fixed_environment()
    );
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_EQ(result.diagnostics[0].hint.find("expected a number from 1"), 0U)
        << result.diagnostics[0].hint;
}

}  // namespace
}  // namespace telex::config
