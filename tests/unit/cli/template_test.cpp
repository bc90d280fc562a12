#include "cli/publisher/template.hpp"

#include "cli/publisher/pace.hpp"

#include <gmock/gmock.h>

namespace telex::cli {
namespace {

TemplateValues values() {
    return {
        .count = 7,
        .unix_nanoseconds = 1'795'286'400'000'123'000,
        .random = [] { return 0xFFFF'FFFF'FFFF'FFFFU; },
    };
}

constexpr std::size_t kMax = std::size_t{1} << 20U;

std::string template_error(std::string_view text) {
    const auto result = filled(text, values(), kMax);
    return result ? "no error" : result.error();
}

TEST(Template, ReplacesPlaceholders) {
    EXPECT_EQ(filled("{{count}}: {{count}}!", values(), kMax), "7: 7!");
    EXPECT_EQ(filled("{{time}}", values(), kMax), "2026-11-21T18:40:00.000123Z");
    EXPECT_EQ(filled("{{random 3}}", values(), kMax)->size(), 3U);
    EXPECT_EQ(filled("{{uuid}}", values(), kMax), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

TEST(Template, LeavesOtherTexts) {
    for (const char* text : {"", "{}", "{ {count} }", "}}", "{\"a\": {\"b\": 1}}"}) {
        EXPECT_EQ(filled(text, values(), kMax), text);
    }
}

TEST(Template, NamesWhatIsWrong) {
    EXPECT_THAT(
        template_error("{{cuont}}"), testing::HasSubstr("unknown placeholder {{cuont}}; there are")
    );
    EXPECT_EQ(template_error("a {{count"), "'{{' without '}}'");
    for (const char* text : {"{{random }}", "{{random 0}}", "{{random x}}", "{{random 1048577}}"}) {
        EXPECT_THAT(template_error(text), testing::HasSubstr("must be a number from 1 to 1048576"));
    }
}

TEST(Template, IsLimitedAsAWhole) {
    EXPECT_EQ(filled("a{{random 5}}{{count}}{{uuid}}", values(), 43)->size(), 43U);
    EXPECT_EQ(
        filled("a{{random 5}}{{count}}{{uuid}}", values(), 42).error(),
        "the filled template has 43 bytes; 42 are left for it in a message"
    );
    EXPECT_FALSE(filled("{{time}}", values(), 26));
    EXPECT_TRUE(filled("{{time}}", values(), 27));
}

// The size is known before: nothing is built, and no random byte drawn.
TEST(Template, BuildsNothingThatIsTooLarge) {
    std::string text;
    for (int i = 0; i < 4'096; ++i) {
        text += "{{random 1048576}}";
    }
    int drawn = 0;
    TemplateValues counting = values();
    counting.random = [&] { return static_cast<std::uint64_t>(++drawn); };
    const auto result = filled(text, counting, std::size_t{256} << 20U);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error(), testing::StartsWith("the filled template has 4294967296 bytes"));
    EXPECT_EQ(drawn, 0);
}

TEST(Pace, IsEven) {
    using std::chrono::milliseconds;
    const Pace pace = Pace::of_rate(4);
    EXPECT_EQ(pace.wait(0, milliseconds(0)), milliseconds(0));
    EXPECT_EQ(pace.wait(1, milliseconds(0)), milliseconds(250));
    EXPECT_EQ(pace.wait(8, milliseconds(1'500)), milliseconds(500));
}

TEST(Pace, CatchesUp) {
    const Pace pace(std::chrono::seconds(1));
    EXPECT_EQ(pace.wait(3, std::chrono::seconds(9)), std::chrono::milliseconds(0));
}

}  // namespace
}  // namespace telex::cli
