#include "cli/terminal/table.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

TEST(Table, FitsColumnsToTheirCells) {
    Table table({{"NAME"}, {"COUNT", Align::right}, {"LAST"}});
    table.add({"a", "7", "x"});
    table.add({"longer", "1234567", "y"});
    EXPECT_EQ(
        table.text(),
        "NAME      COUNT  LAST\n"
        "a             7  x\n"
        "longer  1234567  y\n"
    );
}

TEST(Table, TrimsLines) {
    Table table({{"A"}, {"B"}});
    table.add({"1", ""});
    EXPECT_EQ(table.text(), "A  B\n1  -\n");
}

TEST(Table, EscapesCells) {
    Table table({{"CLIENT"}, {"NEXT"}});
    table.add({"a\x1b[31m", "b"});
    EXPECT_EQ(table.text(), "CLIENT     NEXT\na\\x1b[31m  b\n");
}

TEST(Table, CountsCharacters) {
    Table table({{"A"}, {"B"}});
    table.add({"ø", "1"});
    table.add({"o", "2"});
    EXPECT_EQ(table.text(), "A  B\nø  1\no  2\n");
}

TEST(ShortSize, HasThreeDigits) {
    EXPECT_EQ(short_size(0), "0 B");
    EXPECT_EQ(short_size(1023), "1023 B");
    EXPECT_EQ(short_size(1024), "1.0 KiB");
    EXPECT_EQ(short_size(1536), "1.5 KiB");
    EXPECT_EQ(short_size(std::uint64_t{234} << 20U), "234 MiB");
    EXPECT_EQ(short_size(UINT64_MAX), "16384 PiB");
}

TEST(ShortCount, CountsInThousands) {
    EXPECT_EQ(short_count(0), "0");
    EXPECT_EQ(short_count(999), "999");
    EXPECT_EQ(short_count(1000), "1.0k");
    EXPECT_EQ(short_count(234'567'890), "235M");
}

TEST(ClockText, ShowsDaysIfNotZero) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    EXPECT_EQ(clock_text(-5), "00:00:00");
    EXPECT_EQ(clock_text(3'723 * kSecond), "01:02:03");
    EXPECT_EQ(clock_text((2 * 86'400 + 1) * kSecond), "2d 00:00:01");
}

TEST(DateText, IsInUtc) {
    EXPECT_EQ(date_text(0), "1970-01-01 00:00:00");
    EXPECT_EQ(date_text(1'795'287'001'371'616'923), "2026-11-21 18:50:01");
}

}  // namespace
}  // namespace telex::cli
