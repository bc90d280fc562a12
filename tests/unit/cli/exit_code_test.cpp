#include "cli/exit_code.hpp"

#include "support/documented_errors.hpp"
#include "wire/admin_error.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

TEST(ExitCode, MapsClientErrors) {
    EXPECT_EQ(exit_code_of(Errc::bad_subject), 64);
    EXPECT_EQ(exit_code_of(Errc::undecodable_payload), 65);
    EXPECT_EQ(exit_code_of(Errc::connect_failed), 69);
    EXPECT_EQ(exit_code_of(Errc::disconnected), 69);
    EXPECT_EQ(exit_code_of(Errc::authentication_busy), 69);
    EXPECT_EQ(exit_code_of(Errc::internal), 70);
    EXPECT_EQ(exit_code_of(Errc::not_authenticated), 77);
    EXPECT_EQ(exit_code_of(Errc::no_responders), 1);
    EXPECT_EQ(exit_code_of(Errc::timeout), 1);  // also of a flush and a subscription
    EXPECT_EQ(exit_code_of(Errc::reserved_subject), 1);
}

TEST(ExitCode, MatchesTheDocumentedCodesOfAdminErrors) {
    const auto rows = documents::documented_errors(TELEX_SOURCE_DIR "/docs/operations.md");
    const auto* const codes = v1::AdminError::Code_descriptor();
    for (int index = 1; index < codes->value_count(); ++index) {
        const auto* const code = codes->value(index);
        ASSERT_TRUE(rows.contains(code->name())) << code->name();
        EXPECT_EQ(
            wire::traits_of(static_cast<v1::AdminError::Code>(code->number())).exit_code,
            rows.at(code->name()).exit_code
        ) << code->name();
    }
    EXPECT_EQ(wire::traits_of(v1::AdminError::CODE_UNSPECIFIED).exit_code, 1);
    EXPECT_EQ(wire::traits_of(static_cast<v1::AdminError::Code>(4711)).exit_code, 1);
}

}  // namespace
}  // namespace telex::cli
