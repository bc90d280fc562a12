#include "config/parse/diagnostic.hpp"

#include "config/load.hpp"
#include "config/parse/report.hpp"
#include "test_environment.hpp"

#include <gtest/gtest.h>

namespace telex::config {
namespace {

TEST(Render, ShowsLineCaretAndHint) {
    const Diagnostic diagnostic{
        "telexd.yaml", {14, 7}, Severity::error, "unknown key 'x'", "allowed: y", "      x: 5"
    };
    EXPECT_EQ(
        render(diagnostic),
        "telexd.yaml:14:7: error: unknown key 'x'\n"
        "   14 |       x: 5\n"
        "      |       ^\n"
        "      allowed: y\n"
    );
}

TEST(Render, OmitsThePositionOfAWholeFile) {
    const Diagnostic diagnostic{"a.yaml", {0, 0}, Severity::error, "is a directory", {}, {}};
    EXPECT_EQ(render(diagnostic), "a.yaml: error: is a directory\n");
}

TEST(Render, CountsCaretColumnsInCharactersAndTabsAsOne) {
    const Diagnostic wide{"a", {1, 8}, Severity::warning, "m", {}, "ä\tö: x: 1"};
    EXPECT_EQ(render(wide), "a:1:8: warning: m\n    1 | ä ö: x: 1\n      |      ^\n");
}

TEST(Render, PutsTheCaretAfterTheLineForItsEnd) {
    const Diagnostic end{"a", {1, 4}, Severity::error, "m", {}, "abc"};
    EXPECT_EQ(render(end), "a:1:4: error: m\n    1 | abc\n      |    ^\n");
}

TEST(Render, OmitsACaretBeyondTheShownPart) {
    const Diagnostic far{"a", {1, 900}, Severity::error, "m", {}, std::string(1'000, 'x')};
    EXPECT_EQ(render(far), "a:1:900: error: m\n    1 | " + std::string(200, 'x') + "\n");
}

TEST(Render, EscapesTerminalControlSequences) {
    const Diagnostic hostile{
        "a", {1, 2}, Severity::error, "m", {}, "x\x1b[2J\xe2\x80\xae\xc2\x9b\xff y"
    };
    EXPECT_EQ(
        render(hostile),
        "a:1:2: error: m\n"
        "    1 | x\\x1b[2J\\xe2\\x80\\xae\\xc2\\x9b\\xff y\n"
        "      |  ^\n"
    );
}

TEST(Shown, CutsLongTexts) {
    EXPECT_EQ(shown(std::string(80, 'x')), std::string(80, 'x'));
    EXPECT_EQ(shown(std::string(81, 'x')), std::string(80, 'x') + "...");
}

TEST(Report, SortsByPosition) {
    Report report("a", "one\ntwo\r\nthree\n");
    report.error({3, 1}, "c");
    report.warning({1, 2}, "b");
    report.error({1, 1}, "a");
    const auto sorted = report.take();
    ASSERT_EQ(sorted.size(), 3U);
    EXPECT_EQ(sorted[0].message, "a");
    EXPECT_EQ(sorted[1].message, "b");
    EXPECT_EQ(sorted[2].message, "c");
    EXPECT_EQ(sorted[2].source, "three");
}

TEST(Report, QuotesLinesWithoutTheirEnds) {
    Report report("a", "one\ntwo\r\n");
    report.error({2, 1}, "x");
    EXPECT_EQ(report.take()[0].source, "two");
}

TEST(Report, ListsAtMostAHundred) {
    Report report("a", "");
    for (int i = 0; i < 150; ++i) {
        report.error({1, 1}, "x");
    }
    const auto all = report.take();
    ASSERT_EQ(all.size(), 101U);
    EXPECT_EQ(all.back().message, "50 more errors");
    EXPECT_EQ(report.errors(), 150U);
}

}  // namespace
}  // namespace telex::config
