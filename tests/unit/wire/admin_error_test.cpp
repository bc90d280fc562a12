#include "wire/admin_error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace telex::wire {
namespace {

TEST(AdminError, IsSentWithTheTextForOlderTools) {
    v1::Kicked reply;
    set_error(reply, admin_error(v1::AdminError::NOT_FOUND, "there is no connection 7"));
    v1::Kicked received;
    ASSERT_TRUE(received.ParseFromString(reply.SerializeAsString()));
    EXPECT_EQ(received.error().code(), v1::AdminError::NOT_FOUND);
    EXPECT_EQ(received.error().message(), "there is no connection 7");
    const auto* const problem = v1::Kicked::descriptor()->FindFieldByNumber(1);
    EXPECT_EQ(
        v1::Kicked::GetReflection()->GetString(received, problem), "there is no connection 7"
    );
}

TEST(AdminError, OfAnOlderDaemonHasNoCode) {
    v1::ReloadReport reply;
    reply.add_diagnostics("telexd.yaml:1:1: error");
    EXPECT_FALSE(error_of(reply));
    // Field 1, of 5 bytes.
    ASSERT_TRUE(
        reply.MergeFromString("\x0a\x05"
                              "stuck")
    );
    const auto error = error_of(reply);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), v1::AdminError::CODE_UNSPECIFIED);
    EXPECT_EQ(error->message(), "stuck");
}

TEST(AdminError, LeavesTheRestOfAReplyEmpty) {
    const AdminResult<v1::LogLevel> failed =
        unexpected(admin_error(v1::AdminError::INVALID_ARGUMENT, "loud"));
    EXPECT_EQ(reply_of(failed).error().message(), "loud");
    EXPECT_EQ(reply_of(failed).level(), "");
    v1::LogLevel level;
    level.set_level("info");
    EXPECT_EQ(reply_of(AdminResult<v1::LogLevel>(level)).level(), "info");
    EXPECT_FALSE(reply_of(AdminResult<v1::LogLevel>(level)).has_error());
}

TEST(AdminError, HasANameForEveryCode) {
    const auto* const codes = v1::AdminError::Code_descriptor();
    for (int index = 1; index < codes->value_count(); ++index) {
        std::string name = codes->value(index)->name();
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
            return static_cast<char>(std::tolower(letter));
        });
        EXPECT_EQ(
            traits_of(static_cast<v1::AdminError::Code>(codes->value(index)->number())).name, name
        );
    }
    EXPECT_EQ(traits_of(static_cast<v1::AdminError::Code>(4711)).name, "unspecified");
}

// Replies are the messages with a `problem`; the field keeps its number for older tools.
TEST(AdminError, IsInEveryReply) {
    const auto* const file = v1::Kicked::descriptor()->file();
    int replies = 0;
    for (int index = 0; index < file->message_type_count(); ++index) {
        const auto* const type = file->message_type(index);
        const auto* const problem = type->FindFieldByName("problem");
        if (problem == nullptr) {
            continue;
        }
        ++replies;
        EXPECT_EQ(problem->number(), 1) << type->name();
        const auto* const error = type->FindFieldByName("error");
        ASSERT_NE(error, nullptr) << type->name();
        EXPECT_EQ(error->message_type(), v1::AdminError::descriptor()) << type->name();
    }
    EXPECT_EQ(replies, 10);
}

}  // namespace
}  // namespace telex::wire
