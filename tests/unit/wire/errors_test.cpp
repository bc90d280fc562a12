#include "wire/errors.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace telex::wire {
namespace {

// The enum is open: a later exchange may send numbers that it does not list.
v1::ErrorCode code_of(int number) {
    // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): that is what it is for
    return static_cast<v1::ErrorCode>(number);
}

TEST(ErrorCode, EachHasTheNameOfTheEnum) {
    const auto* const codes = v1::ErrorCode_descriptor();
    for (int index = 1; index < codes->value_count(); ++index) {
        const auto* const value = codes->value(index);
        EXPECT_EQ(name_of(static_cast<v1::ErrorCode>(value->number())), value->name());
    }
}

TEST(ErrorCode, EachHasADistinctMeaning) {
    const auto* const codes = v1::ErrorCode_descriptor();
    std::set<std::string_view> meanings;
    for (int index = 1; index < codes->value_count(); ++index) {
        const auto code = static_cast<v1::ErrorCode>(codes->value(index)->number());
        EXPECT_TRUE(meanings.insert(meaning_of(code)).second) << name_of(code);
    }
}

TEST(ErrorCode, OfALaterVersionIsUnknownAndClosesByItsRange) {
    EXPECT_EQ(name_of(code_of(19)), "UNKNOWN_ERROR");
    EXPECT_TRUE(closes(code_of(19)));
    EXPECT_FALSE(closes(code_of(39)));
    EXPECT_TRUE(closes(code_of(79)));
    EXPECT_FALSE(closes(code_of(80)));
}

TEST(ErrorCode, ClosesWhenTheProtocolIsBrokenOrTheExchangeEnds) {
    EXPECT_FALSE(closes(v1::ERROR_CODE_UNSPECIFIED));
    EXPECT_TRUE(closes(v1::BAD_FRAME));
    EXPECT_TRUE(closes(v1::UNEXPECTED_FRAME));
    EXPECT_FALSE(closes(v1::BAD_SUBJECT));
    EXPECT_FALSE(closes(v1::NOT_ALLOWED_HERE));
    EXPECT_FALSE(closes(v1::NO_RESPONDERS));
    EXPECT_FALSE(closes(v1::RESPONDER_GONE));
    EXPECT_TRUE(closes(v1::SLOW_CONSUMER));
    EXPECT_TRUE(closes(v1::INTERNAL));
}

TEST(Describe, UsesTheTextAndTheFigures) {
    v1::Error error;
    error.set_code(v1::SLOW_CONSUMER);
    EXPECT_EQ(describe(error), "SLOW_CONSUMER: the client reads too slowly");
    error.set_text("too slow");
    error.set_subscription(7);
    error.set_pending_bytes(11);
    error.set_limit(10);
    EXPECT_EQ(
        describe(error), "SLOW_CONSUMER: too slow (subscription 7) (11 bytes waiting, limit 10)"
    );
}

TEST(MakeError, FillsTheFrame) {
    const v1::Frame frame = make_error(v1::BAD_SUBJECT, "subject \"a..b\"\xFF", false, 3);
    ASSERT_TRUE(frame.has_error());
    EXPECT_EQ(frame.error().code(), v1::BAD_SUBJECT);
    EXPECT_EQ(frame.error().text(), "subject \"a..b\"\\xff");
    EXPECT_FALSE(frame.error().closing());
    EXPECT_EQ(frame.error().subscription(), 3U);
}

TEST(MakeError, BoundsTheText) {
    const v1::Frame frame = make_error(v1::INTERNAL, std::string(5000, 'x'), true);
    EXPECT_EQ(frame.error().text().size(), kMaxErrorText);
    EXPECT_TRUE(frame.error().closing());
}

}  // namespace
}  // namespace telex::wire
