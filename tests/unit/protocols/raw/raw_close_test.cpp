// Connections of the raw protocol that end after a reply or message.
#include "protocols/raw/raw_session.hpp"
#include "support/fake_transport.hpp"
#include "wire/reply_headers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace telex::session::raw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RawClose : public ::testing::Test {
protected:
    void start(std::size_t frames = 0) {
        options_.protocol = raw_;
        options_.refuse_as = refuse_as_;
        session_ = std::make_unique<RawSession>(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
        for (std::size_t i = 0; i < frames; ++i) {
            session_->on_frame({"question", nullptr});
        }
    }

    [[nodiscard]] SendResult reply(std::uint64_t id, std::string_view payload) {
        return transport_.try_answer(id, payload);
    }

    [[nodiscard]] SendResult reply_last(
        std::uint64_t id, std::string_view payload, std::string_view also = {}
    ) {
        return transport_.try_answer(id, testing::TestMessage("_REPLY.x", payload, marked(also)));
    }

    [[nodiscard]] SendResult deliver_last(std::string_view payload, std::string_view also = {}) {
        return session_->deliver(testing::TestMessage("out", payload, marked(also)).delivery(1));
    }

    static std::vector<wire::HeaderView> marked(std::string_view also) {
        std::vector<wire::HeaderView> headers{{wire::kCloseHeader, ""}};
        if (!also.empty()) {
            headers.push_back({also, "exit status 3"});
        }
        return headers;
    }

    void TearDown() override { EXPECT_EQ(transport_.breaches, 0); }

    RawOptions raw_;
    std::string refuse_as_;
    SessionOptions options_;
    testing::FakeTransport transport_;
    std::unique_ptr<RawSession> session_;
};

class RawCloseAfterReply : public RawClose {
protected:
    RawCloseAfterReply() { raw_.request = "svc.a"; }
};

TEST_F(RawCloseAfterReply, ThatIsMarked) {
    start(1);
    EXPECT_TRUE(reply_last(1, "bye"));
    EXPECT_THAT(transport_.controls, ElementsAre("bye"));
    EXPECT_EQ(transport_.closed, CloseReason::finished);
    EXPECT_EQ(transport_.close_detail, "");
    EXPECT_THAT(transport_.refusals, IsEmpty());
}

TEST_F(RawCloseAfterReply, ThatIsNotWritten) {
    start(1);
    EXPECT_TRUE(reply_last(1, "ignored", wire::kNoAnswerHeader));
    EXPECT_THAT(transport_.controls, IsEmpty());
    EXPECT_EQ(transport_.closed, CloseReason::finished);
}

TEST_F(RawCloseAfterReply, NotIfTheResponderFailed) {
    start(1);
    EXPECT_TRUE(reply_last(1, "", wire::kErrorHeader));
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
    EXPECT_EQ(transport_.close_detail, "the responder failed: exit status 3");
}

TEST_F(RawCloseAfterReply, NotIfItIsUnwritable) {
    transport_.judge = [](std::string_view) { return not_sent(DropReason::not_encodable); };
    start(1);
    EXPECT_FALSE(reply_last(1, "bye"));
    EXPECT_EQ(transport_.closed, CloseReason::unwritable_answer);
}

// In every order of the replies, with each of them marked: those before it are written, and none
// after it, nor is one sent away unseen.
TEST_F(RawCloseAfterReply, WritesAllOlderOnesAndNoYoungerOne) {
    constexpr std::size_t kFrames = 4;
    std::array<std::uint64_t, kFrames> order{};
    std::iota(order.begin(), order.end(), 1);
    do {
        for (std::uint64_t last = 1; last <= kFrames; ++last) {
            transport_ = {};
            start(kFrames);
            std::uint64_t untaken = 0;
            for (const std::uint64_t id : order) {
                const std::string text = std::to_string(id);
                const SendResult taken = id == last ? reply_last(id, text) : reply(id, text);
                untaken += taken ? 0 : 1;
            }
            std::vector<std::string> expected;
            for (std::uint64_t id = 1; id <= last; ++id) {
                expected.push_back(std::to_string(id));
            }
            ASSERT_EQ(transport_.controls, expected);
            ASSERT_EQ(transport_.closed, CloseReason::finished);
            ASSERT_EQ(
                untaken + transport_.lost_replies[DropReason::connection_lost], kFrames - last
            ) << "each is written or counted";
            ASSERT_EQ(transport_.refusals[v1::UNEXPECTED_FRAME], static_cast<int>(untaken));
            ASSERT_EQ(transport_.held_replies, HeldReplies());
            ASSERT_EQ(transport_.breaches, 0);
        }
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(RawCloseAfterReply, TakesNoMoreFramesMeanwhile) {
    refuse_as_ = "HTTP/1.1";
    start(2);
    EXPECT_TRUE(reply_last(2, "b"));
    session_->on_frame({"late", nullptr});
    EXPECT_EQ(transport_.requests.size(), 2U);
    EXPECT_EQ(transport_.refusals[v1::UNEXPECTED_FRAME], 1);
    EXPECT_FALSE(transport_.closed);
    EXPECT_TRUE(reply(1, "a"));
    EXPECT_THAT(transport_.controls, ElementsAre("a", "b")) << "no status follows the last reply";
    EXPECT_EQ(transport_.closed, CloseReason::finished);
}

TEST_F(RawCloseAfterReply, SaysHowManyFramesHaveNone) {
    start(3);
    EXPECT_TRUE(reply_last(1, "a"));
    EXPECT_EQ(transport_.close_detail, "2 later frames have no reply");
    EXPECT_EQ(transport_.refusals[v1::UNEXPECTED_FRAME], 2);
}

// The peer would read the status of an older frame as the last reply.
TEST_F(RawCloseAfterReply, ThatIsHeldIsLostWithAnOlderOne) {
    refuse_as_ = "HTTP/1.1";
    start(2);
    EXPECT_TRUE(reply_last(2, "b"));
    session_->on_request_failed(1, v1::TIMEOUT);
    ASSERT_EQ(transport_.controls.size(), 1U);
    EXPECT_THAT(transport_.controls[0], ::testing::HasSubstr("504 Gateway Timeout"));
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
    EXPECT_EQ(transport_.lost_replies[DropReason::connection_lost], 1U);
}

TEST_F(RawCloseAfterReply, AfterTheEndOfTheInput) {
    start(2);
    session_->on_end_of_input();
    EXPECT_TRUE(reply_last(1, "a"));
    EXPECT_THAT(transport_.controls, ElementsAre("a"));
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
    EXPECT_EQ(transport_.refusals[v1::UNEXPECTED_FRAME], 1);
}

TEST_F(RawCloseAfterReply, ReplacesTheStatusOfALaterFrame) {
    refuse_as_ = "HTTP/1.1";
    start(1);
    session_->on_drain();
    session_->on_frame({"late", nullptr});
    EXPECT_TRUE(reply_last(1, "a"));
    EXPECT_THAT(transport_.controls, ElementsAre("a"));
    EXPECT_EQ(transport_.closed, CloseReason::shutting_down);
}

TEST_F(RawCloseAfterReply, NeverOfDatagrams) {
    options_.datagram = true;
    start(1);
    EXPECT_TRUE(reply_last(1, "a"));
    EXPECT_FALSE(transport_.closed);
}

TEST_F(RawCloseAfterReply, OfConnect) {
    raw_.connect = "svc.hello";
    start();
    EXPECT_TRUE(reply_last(1, "16:04"));
    EXPECT_THAT(transport_.controls, ElementsAre("16:04"));
    EXPECT_EQ(transport_.closed, CloseReason::finished);
}

class RawCloseAfterEachReply : public RawCloseAfterReply {
protected:
    RawCloseAfterEachReply() { raw_.close_after_reply = true; }
};

TEST_F(RawCloseAfterEachReply, NeedsNoMark) {
    start(1);
    EXPECT_TRUE(reply(1, "answer"));
    EXPECT_THAT(transport_.controls, ElementsAre("answer"));
    EXPECT_EQ(transport_.closed, CloseReason::finished);
}

TEST_F(RawCloseAfterEachReply, WaitsForTheFirstThatIsWritten) {
    start(2);
    EXPECT_TRUE(transport_.try_answer(
        1,
        testing::TestMessage(
            "_REPLY.x", "", std::vector<wire::HeaderView>{{wire::kNoAnswerHeader, ""}}
        )
    ));
    EXPECT_FALSE(transport_.closed);
    EXPECT_TRUE(reply(2, "answer"));
    EXPECT_EQ(transport_.closed, CloseReason::finished);
}

TEST_F(RawCloseAfterEachReply, WritesOneOnly) {
    start(3);
    EXPECT_TRUE(reply(2, "b"));
    EXPECT_FALSE(transport_.closed);
    EXPECT_TRUE(reply(1, "a"));
    EXPECT_THAT(transport_.controls, ElementsAre("a"));
    EXPECT_EQ(transport_.closed, CloseReason::finished);
    EXPECT_EQ(transport_.lost_replies[DropReason::connection_lost], 1U);
    EXPECT_EQ(transport_.refusals[v1::UNEXPECTED_FRAME], 1);
}

TEST_F(RawCloseAfterEachReply, NotAfterThatOfConnect) {
    raw_.connect = "svc.hello";
    start();
    EXPECT_TRUE(reply(1, "ready"));
    EXPECT_FALSE(transport_.closed);
    EXPECT_TRUE(session_->takes_input());
    session_->on_frame({"question", nullptr});
    EXPECT_TRUE(reply(2, "answer"));
    EXPECT_EQ(transport_.closed, CloseReason::finished);
}

class RawCloseByMessage : public RawClose {
protected:
    RawCloseByMessage() {
        raw_.publish = "in.{connection}";
        raw_.subscribe = "out.{connection}";
        raw_.close_by_message = true;
    }
};

TEST_F(RawCloseByMessage, WithTheHeader) {
    start();
    EXPECT_TRUE(session_->deliver(testing::TestMessage("out", "one").delivery(1)));
    EXPECT_FALSE(transport_.closed);
    EXPECT_TRUE(deliver_last("two"));
    EXPECT_THAT(transport_.deliveries, ElementsAre("one", "two"));
    EXPECT_EQ(transport_.closed, CloseReason::finished);
    EXPECT_FALSE(session_->deliver(testing::TestMessage("out", "three").delivery(1)));
}

TEST_F(RawCloseByMessage, WithoutAFrame) {
    start();
    EXPECT_TRUE(deliver_last("ignored", wire::kNoAnswerHeader));
    EXPECT_THAT(transport_.deliveries, IsEmpty());
    EXPECT_EQ(transport_.closed, CloseReason::finished);
}

TEST_F(RawCloseByMessage, ThatCannotBeWritten) {
    transport_.judge = [](std::string_view) { return not_sent(DropReason::not_encodable); };
    start();
    EXPECT_FALSE(deliver_last("two"));
    EXPECT_EQ(transport_.closed, CloseReason::finished);
}

TEST_F(RawCloseByMessage, OnlyIfTheListenerPermitsIt) {
    raw_.close_by_message = false;
    start();
    EXPECT_TRUE(deliver_last("one"));
    EXPECT_TRUE(deliver_last("two", wire::kNoAnswerHeader));
    EXPECT_THAT(transport_.deliveries, ElementsAre("one", "two"));
    EXPECT_FALSE(transport_.closed);
}

TEST_F(RawCloseByMessage, WaitsForTheReplyToConnect) {
    raw_.connect = "svc.hello";
    start();
    EXPECT_TRUE(deliver_last("only"));
    EXPECT_FALSE(transport_.closed);
    EXPECT_FALSE(deliver_last("later"));
    EXPECT_TRUE(reply(1, "ready"));
    EXPECT_EQ(transport_.closed, CloseReason::finished);
}

}  // namespace
}  // namespace telex::session::raw
