#include "cli/exit_code.hpp"

namespace telex::cli {
namespace {

TEST(ExitCode, SaysWhoseFaultItIs) {
    EXPECT_EQ(exit_code_of(Errc::bad_subject), 64);
    EXPECT_EQ(exit_code_of(Errc::bad_payload), 65);
    EXPECT_EQ(exit_code_of(Errc::connect_failed), 69);
    EXPECT_EQ(exit_code_of(Errc::disconnected), 69);
    EXPECT_EQ(exit_code_of(Errc::authentication_busy), 69);
    EXPECT_EQ(exit_code_of(Errc::internal), 70);
    EXPECT_EQ(exit_code_of(Errc::not_authenticated), 77);
    EXPECT_EQ(exit_code_of(Errc::no_responders), 1);
    EXPECT_EQ(exit_code_of(Errc::timeout), 1);
    EXPECT_EQ(exit_code_of(Errc::reserved_subject), 1);
}

}  // namespace
}  // namespace telex::cli
