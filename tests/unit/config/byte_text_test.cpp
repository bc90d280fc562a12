#include "config/parse/byte_text.hpp"

#include "config/load.hpp"
#include "test_environment.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace telex::config {
namespace {

using testing::HasSubstr;

LoadResult load_with_end(
    std::string_view end, const Environment& environment = fixed_environment()
) {
    return load_text(
        "test",
        fmt::format(
            "listeners:\n"
            "  - name: a\n"
            "    address: tcp://127.0.0.1:0\n"
            "    protocol: raw\n"
            "    publish: a\n"
            "    framing: {{kind: delimiter, delimiter: {{end: {}}}}}\n",
            end
        ),
        environment
    );
}

std::string hint_for(std::string_view end, const Environment& environment = fixed_environment()) {
    const LoadResult result = load_with_end(end, environment);
    EXPECT_EQ(result.diagnostics.size(), 1U) << end;
    return result.diagnostics.empty() ? "" : result.diagnostics[0].hint;
}

std::string end_of(std::string_view end) {
    const LoadResult result = load_with_end(end);
    EXPECT_EQ(render(result.diagnostics), "") << end;
    return result.config ? result.config->listeners[0].framing.delimiter.ends.at(0) : "";
}

TEST(ByteText, HintsShowTheCorrectNotation) {
    EXPECT_EQ(
        hint_for(R"("\xff")"), R"(write "hex:ff" for the bytes; the characters are "hex:c3bf")"
    );
    EXPECT_THAT(hint_for(R"("\x80\n\xBFa")"), HasSubstr(R"("hex:800abf61")"));
    EXPECT_EQ(
        hint_for(R"(\n)"), R"(write "\n" in double quotes; the two characters are "hex:5c6e")"
    );
    EXPECT_THAT(hint_for(R"('\x00')"), HasSubstr(R"("hex:5c78")"));
}

TEST(ByteText, AcceptsUnambiguousNotations) {
    EXPECT_EQ(end_of(R"("\n")"), "\n");
    EXPECT_EQ(end_of(R"("\x7f\x0A")"), "\x7f\n");
    EXPECT_EQ(end_of(R"("\u00ff")"), "\xc3\xbf");
    EXPECT_EQ(end_of("\"\xc3\xa4\""), "\xc3\xa4");
    EXPECT_EQ(end_of(R"("\\n")"), "\\n");
    EXPECT_EQ(end_of(R"("\\xff")"), "\\xff");
    EXPECT_EQ(end_of(R"('\')"), "\\");
    EXPECT_EQ(end_of(R"("hex:ff")"), "\xff");
    EXPECT_EQ(end_of("hex:5c6e"), "\\n");
    EXPECT_EQ(end_of(R"("\"")"), "\"");
}

TEST(ByteText, ChecksSubstitutedTextWithoutShowingIt) {
    Environment environment = fixed_environment();
    environment.variables["END"] = "\\n";
    EXPECT_THAT(hint_for("\"${END}\"", environment), HasSubstr(R"("hex:5c6e")"));
    environment.variables["END"] = "s3cret";
    EXPECT_THAT(hint_for("\"${END}\\xff\"", environment), testing::Not(HasSubstr("733363726574")));
}

}  // namespace
}  // namespace telex::config
