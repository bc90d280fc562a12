#include "base/units.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace telex {
namespace {

using std::chrono::milliseconds;

TEST(ParseSize, AcceptsBinaryAndDecimalUnits) {
    EXPECT_EQ(parse_size("1B"), 1U);
    EXPECT_EQ(parse_size("64KiB"), 65'536U);
    EXPECT_EQ(parse_size("10MiB"), 10'485'760U);
    EXPECT_EQ(parse_size("2GiB"), 2'147'483'648U);
    EXPECT_EQ(parse_size("1TiB"), 1'099'511'627'776U);
    EXPECT_EQ(parse_size("10kB"), 10'000U);
    EXPECT_EQ(parse_size("10KB"), 10'000U);
    EXPECT_EQ(parse_size("10MB"), 10'000'000U);
    EXPECT_EQ(parse_size("3GB"), 3'000'000'000U);
    EXPECT_EQ(parse_size("1TB"), 1'000'000'000'000U);
}

TEST(ParseSize, AcceptsOneSpaceBeforeTheUnit) {
    EXPECT_EQ(parse_size("64 KiB"), 65'536U);
    EXPECT_FALSE(parse_size("64  KiB"));
    EXPECT_FALSE(parse_size(" 64KiB"));
    EXPECT_FALSE(parse_size("64KiB "));
}

TEST(ParseSize, RejectsAmbiguousUnitsAndNamesBoth) {
    const auto megabytes = parse_size("10M");
    ASSERT_FALSE(megabytes);
    EXPECT_EQ(
        megabytes.error(), "is ambiguous; write 10MiB (powers of 1024) or 10MB (powers of 1000)"
    );
    const auto kilobytes = parse_size("5k");
    ASSERT_FALSE(kilobytes);
    EXPECT_EQ(
        kilobytes.error(), "is ambiguous; write 5KiB (powers of 1024) or 5kB (powers of 1000)"
    );
}

TEST(ParseSize, RejectsInvalidText) {
    for (const char* text :
         {"",
          "KiB",
          "-1KiB",
          "+1KiB",
          "1.5MiB",
          "1,5MiB",
          "12abc",
          "0x10B",
          "1e3B",
          "1kib",
          "1 048 576B",
          "no",
          "64"}) {
        EXPECT_FALSE(parse_size(text)) << text;
    }
}

TEST(ParseSize, RejectsMoreThan64Bits) {
    EXPECT_EQ(parse_size("18446744073709551615B"), std::numeric_limits<std::uint64_t>::max());
    EXPECT_FALSE(parse_size("18446744073709551616B"));
    EXPECT_EQ(parse_size("16777215TiB"), std::uint64_t{16'777'215} << 40U);
    EXPECT_EQ(parse_size("16777216TiB").error(), "is too large");
}

TEST(ParseDuration, AcceptsAllUnits) {
    EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
    EXPECT_EQ(parse_duration("5s"), milliseconds(5'000));
    EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
    EXPECT_EQ(parse_duration("2h"), milliseconds(7'200'000));
    EXPECT_EQ(parse_duration("1d"), milliseconds(86'400'000));
    EXPECT_EQ(parse_duration("0s"), milliseconds(0));
}

TEST(ParseDuration, RejectsFractionsBareNumbersAndOverflow) {
    EXPECT_EQ(parse_duration("1.5s").error(), "must be a whole number and a unit, as in 5s");
    EXPECT_EQ(parse_duration("5").error(), "needs a unit, as in 5s; units are ms, s, m, h, d");
    EXPECT_EQ(parse_duration("5M").error(), "has an unknown unit; units are ms, s, m, h, d");
    EXPECT_FALSE(parse_duration("-5s"));
    EXPECT_FALSE(parse_duration("1h30m"));
    EXPECT_FALSE(parse_duration("9223372036854775807s"));
    EXPECT_EQ(parse_duration("9223372036854775807ms"), milliseconds::max());
    EXPECT_FALSE(parse_duration("9223372036854775808ms"));
}

TEST(Units, ReadsShortDurations) {
    using std::chrono::microseconds;
    EXPECT_EQ(parse_short_duration("50us"), microseconds(50));
    EXPECT_EQ(parse_short_duration("2 ms"), microseconds(2'000));
    EXPECT_EQ(parse_short_duration("1s"), microseconds(1'000'000));
    EXPECT_EQ(parse_short_duration("50").error(), "needs a unit, as in 50us; units are us, ms, s");
    EXPECT_EQ(parse_short_duration("1m").error(), "has an unknown unit; units are us, ms, s");
}

TEST(ParseCount, AcceptsPlainDecimalsOnly) {
    EXPECT_EQ(parse_count("0"), 0U);
    EXPECT_EQ(parse_count("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
    for (const char* text :
         {"", "-1", "+1", "0x1", "1e3", "010", "1.0", "1 ", "12abc", "18446744073709551616"}) {
        EXPECT_FALSE(parse_count(text)) << text;
    }
}

TEST(FormatSize, UsesTheLargestUnitThatDivides) {
    EXPECT_EQ(format_size(0), "0B");
    EXPECT_EQ(format_size(1), "1B");
    EXPECT_EQ(format_size(1'500), "1500B");
    EXPECT_EQ(format_size(1'024), "1KiB");
    EXPECT_EQ(format_size(1'536), "1536B");
    EXPECT_EQ(format_size(1U << 20U), "1MiB");
    EXPECT_EQ(format_size(std::uint64_t{5} << 40U), "5TiB");
}

TEST(FormatDuration, UsesTheLargestUnitThatDivides) {
    EXPECT_EQ(format_duration(milliseconds(0)), "0s");
    EXPECT_EQ(format_duration(milliseconds(250)), "250ms");
    EXPECT_EQ(format_duration(milliseconds(90'000)), "90s");
    EXPECT_EQ(format_duration(milliseconds(300'000)), "5m");
    EXPECT_EQ(format_duration(milliseconds(86'400'000)), "1d");
    EXPECT_EQ(format_short_duration(std::chrono::microseconds(0)), "0us");
    EXPECT_EQ(format_short_duration(std::chrono::microseconds(1'500)), "1500us");
    EXPECT_EQ(format_short_duration(std::chrono::microseconds(2'000)), "2ms");
}

TEST(FormatUnits, RoundTrips) {
    for (std::uint64_t value = 1; value < (std::uint64_t{1} << 45U); value = value * 3 + 1) {
        EXPECT_EQ(parse_size(format_size(value)), value);
        const milliseconds duration(static_cast<std::int64_t>(value));
        EXPECT_EQ(parse_duration(format_duration(duration)), duration);
    }
}

}  // namespace
}  // namespace telex
