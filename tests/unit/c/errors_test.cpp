#include "unit/c/support.hpp"

#include <string>
#include <thread>

namespace telex::test {
namespace {

TEST(CCodes, HaveTheNumbersAndNamesOfTheLibrary) {
    EXPECT_STREQ(telex_code_name(TELEX_OK), "ok");
    EXPECT_STREQ(telex_code_name(TELEX_NO_RESPONDERS), "no_responders");
    EXPECT_STREQ(telex_code_name(TELEX_SERVER_PROTOCOL_ERROR), "server_protocol_error");
    EXPECT_STREQ(telex_code_name(TELEX_ERRORS_DROPPED), "errors_dropped");
    EXPECT_STREQ(telex_code_name(TELEX_FRAME_TOO_LARGE), "frame_too_large");
    EXPECT_STREQ(telex_code_name(TELEX_INTERNAL), "internal");
    EXPECT_STREQ(telex_code_name(TELEX_NO_MEMORY), "no_memory");
    EXPECT_STREQ(telex_code_name(TELEX_UNSPECIFIED), "unspecified");
    EXPECT_STREQ(telex_code_name(999), "unknown");
    EXPECT_STREQ(telex_code_name(-1), "unknown");
}

TEST(CErrorText, BelongsToTheThread) {
    EXPECT_EQ(telex_flush(nullptr, 0), TELEX_INVALID_ARGUMENT);
    EXPECT_STREQ(telex_error_text(), "client is NULL");
    std::thread([] {
        EXPECT_STREQ(telex_error_text(), "");
        EXPECT_EQ(telex_next(nullptr, 0, nullptr), TELEX_INVALID_ARGUMENT);
        EXPECT_STREQ(telex_error_text(), "message is NULL");
    }).join();
    EXPECT_STREQ(telex_error_text(), "client is NULL");
}

TEST(CErrorText, StaysAfterASuccess) {
    EXPECT_EQ(telex_flush(nullptr, 0), TELEX_INVALID_ARGUMENT);
    const COwner<telex_fields> fields(telex_fields_new());
    EXPECT_EQ(telex_fields_set(fields.get(), TELEX_ID, "7"), TELEX_OK);
    EXPECT_STREQ(telex_error_text(), "client is NULL");
}

TEST(CVersion, IsThatOfTheProject) {
    EXPECT_THAT(telex_version(), ::testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace telex::test
