// Frames that a stream must store, and their answers: in the order of the frames, and never an
// answer that the peer takes for that of another frame.
#include "protocols/raw/raw_session.hpp"
#include "protocols/raw/stored_answer.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace telex::session::raw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

broker::StoredOutcome stored_at(std::uint64_t sequence) {
    return {.text = {}, .stream = "orders", .sequence = sequence};
}

broker::StoredOutcome refused_by(v1::ErrorCode code, std::string_view text) {
    return {.code = code, .text = text, .stream = "orders", .sequence = 7};
}

TEST(StoredAnswer, ReplacesTheNamesAndNothingElse) {
    EXPECT_EQ(
        write_stored_answer(R"({"ok":{sequence},"at":"{stream}","x":{other}})", stored_at(12)),
        R"({"ok":12,"at":"orders","x":{other}})"
    );
    EXPECT_EQ(write_stored_answer("{code}", stored_at(1)), "STORED");
    EXPECT_EQ(
        write_stored_answer("-{code} {sequence}{stream}{", refused_by(v1::STREAM_FULL, "full")),
        "-STREAM_FULL 0{"
    );
    EXPECT_EQ(write_stored_answer(std::string_view("\x06\0", 2), stored_at(1)).size(), 2U);
}

class StoredFramesTest : public ::testing::Test {
protected:
    explicit StoredFramesTest(const std::optional<std::string>& nak = std::nullopt) {
        options_.protocol = RawOptions{.publish = "orders.new", .ack = "+{sequence}", .nak = nak};
        session_.emplace(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
    }

    void send_frames(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            session_->on_frame({"frame", nullptr});
        }
    }

    std::uint64_t id_of(std::size_t frame) const { return transport_.durable.at(frame); }

    SessionOptions options_;
    testing::FakeTransport transport_;
    std::optional<RawSession> session_;
};

TEST_F(StoredFramesTest, AnswersAFrameOnceItIsStored) {
    send_frames(1);
    ASSERT_EQ(transport_.durable.size(), 1U);
    EXPECT_NE(id_of(0), 0U);
    EXPECT_EQ(transport_.published.at(0).subject, "orders.new");
    EXPECT_THAT(transport_.controls, IsEmpty());
    session_->on_stored(id_of(0), stored_at(41));
    EXPECT_THAT(transport_.controls, ElementsAre("+41"));
}

TEST_F(StoredFramesTest, AnswersInTheOrderOfTheFrames) {
    send_frames(3);
    session_->on_stored(id_of(2), stored_at(3));
    session_->on_stored(id_of(1), stored_at(2));
    EXPECT_THAT(transport_.controls, IsEmpty());
    session_->on_stored(id_of(0), stored_at(1));
    EXPECT_THAT(transport_.controls, ElementsAre("+1", "+2", "+3"));
}

TEST_F(StoredFramesTest, WithoutNakARefusalClosesAfterTheEarlierAnswers) {
    send_frames(3);
    session_->on_stored(id_of(1), refused_by(v1::STREAM_FULL, "too many messages"));
    EXPECT_FALSE(transport_.closed);
    session_->on_stored(id_of(2), stored_at(3));
    session_->on_stored(id_of(0), stored_at(1));
    EXPECT_THAT(transport_.controls, ElementsAre("+1"));
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
    EXPECT_THAT(transport_.close_detail, HasSubstr("too many messages"));
    EXPECT_EQ(transport_.refusals[v1::STREAM_FULL], 1);
}

TEST_F(StoredFramesTest, AnswersAreWrittenAfterTheEndOfInput) {
    send_frames(2);
    session_->on_end_of_input();
    EXPECT_FALSE(transport_.closed);
    session_->on_stored(id_of(0), stored_at(1));
    session_->on_stored(id_of(1), stored_at(2));
    EXPECT_THAT(transport_.controls, ElementsAre("+1", "+2"));
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(StoredFramesTest, ReadsNothingWhileTooManyFramesWait) {
    send_frames(StoredFrames::kMaxUnanswered - 1);
    EXPECT_TRUE(session_->takes_input());
    send_frames(1);
    EXPECT_FALSE(session_->takes_input());
    std::size_t answered = 0;
    while (transport_.resumed == 0) {
        ASSERT_LT(answered, StoredFrames::kMaxUnanswered);
        session_->on_stored(id_of(answered), stored_at(answered + 1));
        ++answered;
    }
    EXPECT_TRUE(session_->takes_input());
    EXPECT_NEAR(static_cast<double>(answered), StoredFrames::kMaxUnanswered / 2.0, 1);
}

TEST_F(StoredFramesTest, AnAnswerThatTheFramingCannotCarryCloses) {
    transport_.judge = [](std::string_view) -> SendResult {
        return not_sent(DropReason::not_encodable, codec::FrameError::delimiter_in_payload);
    };
    send_frames(1);
    session_->on_stored(id_of(0), stored_at(1));
    EXPECT_EQ(transport_.closed, CloseReason::unwritable_answer);
}

class StoredFramesWithNakTest : public StoredFramesTest {
protected:
    StoredFramesWithNakTest() : StoredFramesTest("-{code}") {}
};

TEST_F(StoredFramesWithNakTest, ARefusedFrameGetsNakAndTheConnectionGoesOn) {
    send_frames(2);
    session_->on_stored(id_of(0), refused_by(v1::WRONG_SEQUENCE, "wrong last sequence"));
    session_->on_stored(id_of(1), stored_at(8));
    EXPECT_THAT(transport_.controls, ElementsAre("-WRONG_SEQUENCE", "+8"));
    EXPECT_FALSE(transport_.closed);
}

TEST_F(StoredFramesWithNakTest, AnUnknownOutcomeIsNotANak) {
    send_frames(1);
    session_->on_stored(id_of(0), refused_by(v1::STORAGE_FAILED, "the disk failed"));
    EXPECT_THAT(transport_.controls, IsEmpty());
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
}

}  // namespace
}  // namespace telex::session::raw
