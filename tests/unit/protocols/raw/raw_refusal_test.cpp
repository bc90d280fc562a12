// Status lines of the raw protocol in place of replies that frames do not get.
#include "protocols/raw/raw_session.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace telex::session::raw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Refusal input_refusal(codec::FrameError error) {
    return {
        .code = error == codec::FrameError::too_large ? v1::FRAME_TOO_LARGE : v1::BAD_FRAME,
        .text = "framing error",
        .closing = true,
        .framing = error
    };
}

class RawRefusal : public ::testing::Test {
protected:
    RawRefusal() {
        options_.protocol = RawOptions{.request = "web.post"};
        options_.refuse_as = "HTTP/1.1";
        make_session();
    }

    void make_session() {
        session_ = std::make_unique<RawSession>(transport_, transport_, options_);
        transport_.bind(*session_);
    }

    void ask(int frames = 1) {
        session_->start();
        for (int i = 0; i < frames; ++i) {
            session_->on_frame({"question", nullptr});
        }
    }

    void expect_status(const std::string& status) {
        EXPECT_THAT(transport_.controls, ElementsAre(StartsWith("unframed HTTP/1.1 " + status)));
    }

    void TearDown() override { EXPECT_EQ(transport_.breaches, 0); }

    SessionOptions options_;
    testing::FakeTransport transport_;
    std::unique_ptr<RawSession> session_;
};

TEST_F(RawRefusal, IsAWholeResponse) {
    ask();
    session_->on_request_failed(1, v1::NO_RESPONDERS);
    EXPECT_THAT(
        transport_.controls,
        ElementsAre("unframed HTTP/1.1 503 Service Unavailable\r\n"
                    "Connection: close\r\nContent-Type: text/plain\r\nContent-Length: 49\r\n\r\n"
                    "no client is subscribed to the request's subject\n")
    );
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
}

TEST_F(RawRefusal, OfARequestHasItsStatus) {
    const std::vector<std::pair<v1::ErrorCode, std::string>> statuses{
        {v1::TIMEOUT, "504"},
        {v1::RESPONDER_GONE, "502"},
        {v1::PERMISSION_DENIED, "403"},
        {v1::INTERNAL, "500"},
        {v1::OVER_MEMORY_BUDGET, "503"},
    };
    for (const auto& [code, status] : statuses) {
        transport_.closed.reset();
        transport_.controls.clear();
        make_session();
        ask();
        session_->on_request_failed(1, code);
        expect_status(status);
    }
}

TEST_F(RawRefusal, OfInputHasItsStatus) {
    const std::vector<std::pair<codec::FrameError, std::string>> statuses{
        {codec::FrameError::bad_length, "400"},
        {codec::FrameError::truncated, "400"},
        {codec::FrameError::too_large, "413"},
        {codec::FrameError::head_too_large, "431"},
        {codec::FrameError::transfer_encoding, "501"},
        {codec::FrameError::foreign_page, "403"},
    };
    for (const auto& [error, status] : statuses) {
        transport_.controls.clear();
        make_session();
        session_->start();
        session_->refuse(input_refusal(error));
        expect_status(status);
    }
}

TEST_F(RawRefusal, OfATimeLimitWithinAFrame) {
    session_->start();
    session_->refuse({.code = v1::IDLE_TIMEOUT, .text = "within a frame", .closing = true});
    expect_status("408");
}

TEST_F(RawRefusal, OfAPeerThatIsNotLetIn) {
    session_->refuse({.code = v1::TOO_MANY_CONNECTIONS, .text = "full", .closing = true});
    expect_status("503");
}

TEST_F(RawRefusal, FollowsTheRepliesToOlderFrames) {
    ask(2);
    session_->on_request_failed(2, v1::TIMEOUT);
    EXPECT_THAT(transport_.controls, IsEmpty());
    transport_.answer(1, "first");
    EXPECT_THAT(transport_.controls, ElementsAre("first", StartsWith("unframed HTTP/1.1 504")));
}

TEST_F(RawRefusal, IsThatOfTheOldestFrame) {
    ask(2);
    session_->on_request_failed(2, v1::TIMEOUT);
    session_->on_request_failed(1, v1::NO_RESPONDERS);
    expect_status("503");
}

TEST_F(RawRefusal, IsNotTakenForTheReplyToAnOlderFrame) {
    ask();
    session_->refuse(input_refusal(codec::FrameError::bad_length));
    EXPECT_THAT(transport_.controls, IsEmpty());
}

TEST_F(RawRefusal, OfAFrameAfterTheBeginningOfADrain) {
    ask();
    session_->on_drain();
    session_->on_frame({"late", nullptr});
    transport_.answer(1, "first");
    EXPECT_THAT(transport_.controls, ElementsAre("first", StartsWith("unframed HTTP/1.1 503")));
}

TEST_F(RawRefusal, IsNotWrittenWithoutAFrame) {
    session_->start();
    session_->refuse({.code = v1::KICKED, .text = "by an operator", .closing = true});
    EXPECT_THAT(transport_.controls, IsEmpty());
    make_session();
    session_->start();
    session_->on_drain();
    EXPECT_THAT(transport_.controls, IsEmpty());
    EXPECT_EQ(transport_.closed, CloseReason::shutting_down);
}

TEST_F(RawRefusal, NeedsAProtocol) {
    options_.refuse_as.clear();
    make_session();
    ask();
    session_->on_request_failed(1, v1::NO_RESPONDERS);
    EXPECT_THAT(transport_.controls, IsEmpty());
}

TEST_F(RawRefusal, ThatCannotBeWrittenIsCounted) {
    transport_.judge = [](std::string_view) { return not_sent(DropReason::connection_lost); };
    ask();
    session_->on_request_failed(1, v1::NO_RESPONDERS);
    EXPECT_EQ(transport_.unsent.at(DropReason::connection_lost), 1U);
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
}

}  // namespace
}  // namespace telex::session::raw
