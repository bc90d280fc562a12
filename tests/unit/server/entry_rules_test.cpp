#include "server/connection/entry_rules.hpp"

#include "server/connection/input_errors.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

using access::AuthResult;

constexpr EntryFacts kKnown{.has_slot = true, .result = AuthResult::authenticated};

v1::ErrorCode code_of_rejection(const EntryFacts& facts) {
    const auto rejection = check_entry(facts);
    return rejection ? rejection->code : v1::ERROR_CODE_UNSPECIFIED;
}

TEST(CheckEntry, TakesAKnownPeerWithASlot) {
    EXPECT_FALSE(check_entry(kKnown));
}

TEST(CheckEntry, RejectsWithoutASlot) {
    EntryFacts facts = kKnown;
    facts.has_slot = false;
    EXPECT_EQ(code_of_rejection(facts), v1::TOO_MANY_CONNECTIONS);
}

TEST(CheckEntry, RejectsTooManyUnauthenticatedPeers) {
    EntryFacts facts = kKnown;
    facts.needs_pre_auth = true;
    EXPECT_EQ(code_of_rejection(facts), v1::TOO_MANY_CONNECTIONS);
    facts.is_in_pre_auth = true;
    EXPECT_FALSE(check_entry(facts));
}

TEST(CheckEntry, TakesAnUnknownPeerThatMayAuthenticate) {
    EntryFacts facts = kKnown;
    facts.result = AuthResult::refused;
    EXPECT_EQ(code_of_rejection(facts), v1::NOT_AUTHENTICATED);
    facts.can_authenticate = true;
    EXPECT_FALSE(check_entry(facts));
}

TEST(CheckEntry, TellsAUserThatItHasTooManyConnections) {
    EntryFacts facts = kKnown;
    facts.result = AuthResult::too_many;
    EXPECT_EQ(code_of_rejection(facts), v1::TOO_MANY_CONNECTIONS);
}

using Step = FrameReader::Step;

TEST(InputError, NamesTheOtherProtocol) {
    const InputError error = describe_input_error(
        {.kind = Step::Kind::other_protocol}, codec::OtherProtocol::http, "telex"
    );
    EXPECT_EQ(error.refusal.code, v1::WRONG_PROTOCOL);
    EXPECT_EQ(error.refusal.text, "the peer speaks HTTP; this port speaks telex");
    EXPECT_TRUE(error.refusal.closing);
    EXPECT_EQ(error.reason, session::CloseReason::wrong_protocol);
}

TEST(InputError, TellsFramesThatAreTooLargeFromBadOnes) {
    const auto of = [](codec::FrameError frame_error) {
        return describe_input_error(
            {.kind = Step::Kind::error, .error = frame_error}, std::nullopt, "telex"
        );
    };
    EXPECT_EQ(of(codec::FrameError::too_large).refusal.code, v1::FRAME_TOO_LARGE);
    EXPECT_EQ(of(codec::FrameError::too_large).reason, session::CloseReason::frame_too_large);
    EXPECT_EQ(of(codec::FrameError::bad_length).refusal.code, v1::BAD_FRAME);
    EXPECT_EQ(of(codec::FrameError::bad_length).reason, session::CloseReason::bad_frame);
}

}  // namespace
}  // namespace telex::server
