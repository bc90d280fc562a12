#include "telex/v1/error.pb.h"
#include <telex/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace telex {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
    });
    return text;
}

TEST(Errc, HasEveryCodeOfTheWireUnderItsName) {
    const auto* codes = v1::ErrorCode_descriptor();
    for (int index = 1; index < codes->value_count(); ++index) {
        const auto* code = codes->value(index);
        EXPECT_EQ(name_of(static_cast<Errc>(code->number())), lower(code->name()));
    }
}

TEST(Errc, CodesOfALaterExchangeAreUnknown) {
    EXPECT_EQ(name_of(static_cast<Errc>(999)), "unknown");
}

// Removed with the next soname.
TEST(Errc, OldNamesHaveTheCodesOfTheNewOnes) {
    EXPECT_EQ(name_of(Errc::timed_out), "timeout");
    EXPECT_EQ(name_of(Errc::message_too_large), "frame_too_large");
    EXPECT_EQ(name_of(Errc::bad_payload), "undecodable_payload");
    EXPECT_EQ(name_of(Errc::bad_answer), "server_protocol_error");
}

TEST(Error, TextFollowsTheName) {
    EXPECT_EQ(to_string(Error{Errc::buffer_full, "3 bytes"}), "buffer_full: 3 bytes");
    EXPECT_EQ(to_string(Error{Errc::closed, ""}), "closed");
}

}  // namespace
}  // namespace telex
