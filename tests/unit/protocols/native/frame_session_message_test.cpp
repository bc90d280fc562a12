// Publications, requests and replies: which pass, and the errors for the others.
#include "unit/protocols/native/telex_fixture.hpp"

#include <gmock/gmock.h>

namespace telex::session::native {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using FrameSessionMessage = TelexFixture;

struct Refused {
    std::string subject;
    std::string reply;
    v1::ErrorCode code;
};

void PrintTo(const Refused& refused, std::ostream* out) {
    *out << "'" << refused.subject << "' reply '" << refused.reply << "'";
}

class RefusedPublish : public TelexFixture, public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedPublish, IsReportedAndCountedAndTheSessionStays) {
    open();
    v1::Frame frame = testing::publish(GetParam().subject);
    frame.mutable_message()->set_reply(GetParam().reply);
    send(frame);
    EXPECT_THAT(transport_.published, IsEmpty());
    EXPECT_THAT(heard(), ElementsAre("error " + v1::ErrorCode_Name(GetParam().code)));
    EXPECT_EQ(transport_.refusals[GetParam().code], 1);
    EXPECT_FALSE(transport_.closed);
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    RefusedPublish,
    ::testing::Values(
        Refused{"", "", v1::BAD_SUBJECT},
        Refused{"a..b", "", v1::BAD_SUBJECT},
        Refused{"a b", "", v1::BAD_SUBJECT},
        Refused{std::string(1025, 'a'), "", v1::BAD_SUBJECT},
        Refused{"a.*", "", v1::WILDCARD_IN_PUBLISH},
        Refused{"a.>", "", v1::WILDCARD_IN_PUBLISH},
        Refused{"$SYS.echo", "", v1::RESERVED_SUBJECT},
        Refused{"$JS.api", "", v1::RESERVED_SUBJECT},
        Refused{"$", "", v1::RESERVED_SUBJECT},
        Refused{"a", "b..c", v1::BAD_SUBJECT},
        Refused{"a", "b.*", v1::WILDCARD_IN_PUBLISH},
        Refused{"a", "$SYS.info", v1::RESERVED_SUBJECT},
        Refused{"a", "_REPLY.1.2", v1::RESERVED_SUBJECT},
        Refused{"_REPLY.1", "_REPLY.1", v1::RESERVED_SUBJECT}
    )
);

TEST_F(FrameSessionMessage, NamesTheSubjectInTheRefusal) {
    open();
    send(testing::publish("a..b"));
    EXPECT_THAT(last_frame().error().text(), HasSubstr("'a..b'"));
}

TEST_F(FrameSessionMessage, KeepsTheTextOfARefusalShort) {
    open();
    send(testing::publish(std::string(500'000, 'a')));
    EXPECT_LT(transport_.controls.back().size(), 600U);
}

TEST_F(FrameSessionMessage, PublishesToASubjectWhereARequestWaits) {
    open();
    send(testing::publish("_REPLY.1.2", "answer"));
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].subject, "_REPLY.1.2");
    EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(FrameSessionMessage, OnlyTheWholeFirstTokenIsReserved) {
    open();
    send(testing::request(1, "_REPLYING.x"));
    send(testing::publish("a.$SYS"));
    EXPECT_EQ(transport_.requests.size(), 1U);
    EXPECT_EQ(transport_.published.size(), 1U);
}

TEST_F(FrameSessionMessage, RefusesTooManyHeaders) {
    options_.max_headers = 2;
    open();
    v1::Frame frame = testing::publish("a");
    for (int i = 0; i < 2; ++i) {
        frame.mutable_message()->add_headers()->set_name("n");
    }
    send(frame);
    EXPECT_THAT(heard(), IsEmpty());
    frame.mutable_message()->add_headers()->set_name("n");
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("error TOO_MANY_HEADERS"));
    EXPECT_EQ(transport_.published.size(), 1U);
}

TEST_F(FrameSessionMessage, RefusesTooManyBytesOfHeaders) {
    options_.max_header_bytes = 100;
    open();
    v1::Frame frame = testing::publish("a");
    frame.mutable_message()->add_headers()->set_value(std::string(100, 'v'));
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("error TOO_MANY_HEADERS"));
}

TEST_F(FrameSessionMessage, RequestIsPassedOnWithItsTimeout) {
    open();
    send(testing::request(7, "svc.a", 250));
    send(testing::request(8, "svc.a"));
    ASSERT_EQ(transport_.requests.size(), 2U);
    EXPECT_EQ(transport_.requests[0].id, 7U);
    EXPECT_EQ(transport_.requests[0].timeout, std::chrono::milliseconds(250));
    EXPECT_EQ(transport_.requests[1].timeout, options_.default_request_timeout);
}

TEST_F(FrameSessionMessage, AnswerGoesToTheRequestOnce) {
    open();
    send(testing::request(7));
    transport_.answer(7, "yes");
    transport_.answer(7, "again");
    session_->on_request_failed(7, v1::TIMEOUT);
    EXPECT_THAT(heard(), ElementsAre("answer 7 yes"));
}

TEST_F(FrameSessionMessage, AnswerMayComeFromInsideTheCall) {
    transport_.instant_answer = "now";
    open();
    send(testing::request(7));
    send(testing::request(7));
    EXPECT_THAT(heard(), ElementsAre("answer 7 now", "answer 7 now"));
}

// Exactly one frame for each request, also when the answer fits none.
TEST_F(FrameSessionMessage, AnAnswerThatCannotBeWrittenBecomesAnError) {
    open();
    transport_.judge = [](std::string_view frame) -> SendResult {
        if (frame.size() > 200) {
            return not_sent(DropReason::too_large, codec::FrameError::too_large);
        }
        return {};
    };
    send(testing::request(7));
    send(testing::request(8));
    const SendResult result = transport_.try_answer(7, std::string(300, 'x'));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, DropReason::too_large);
    EXPECT_TRUE(transport_.try_answer(8, "small"));
    EXPECT_THAT(heard(), ElementsAre("failed 7 ANSWER_TOO_LARGE", "answer 8 small"));
    EXPECT_EQ(transport_.refusals[v1::ANSWER_TOO_LARGE], 1);
    EXPECT_FALSE(transport_.closed);
}

// A framing of few bytes has room for the code, if not for words.
TEST_F(FrameSessionMessage, AnErrorThatIsTooLongGoesWithoutItsText) {
    open();
    transport_.judge = [](std::string_view frame) -> SendResult {
        if (frame.size() > 20) {
            return not_sent(DropReason::too_large, codec::FrameError::too_large);
        }
        return {};
    };
    send(testing::request(7));
    EXPECT_FALSE(transport_.try_answer(7, std::string(300, 'x')));
    EXPECT_EQ(last_frame().error().text(), "");
    EXPECT_THAT(heard(), ElementsAre("failed 7 ANSWER_TOO_LARGE"));
    EXPECT_TRUE(transport_.unsent.empty());
    transport_.judge = [](std::string_view) -> SendResult {
        return not_sent(DropReason::too_large);
    };
    v1::Frame ping;
    ping.mutable_ping()->set_nonce(1);
    send(ping);
    EXPECT_EQ(transport_.unsent[DropReason::too_large], 1U) << "nothing is lost uncounted";
}

class FailedRequest : public TelexFixture, public ::testing::WithParamInterface<v1::ErrorCode> {};

TEST_P(FailedRequest, IsAnsweredWithItsCodeAndStaysOpen) {
    open();
    send(testing::request(7));
    session_->on_request_failed(7, GetParam());
    EXPECT_FALSE(last_frame().error().closing());
    EXPECT_THAT(heard(), ElementsAre("failed 7 " + v1::ErrorCode_Name(GetParam())));
    EXPECT_TRUE(transport_.refusals.empty()) << "the exchange counts what it lets fail";
    EXPECT_FALSE(transport_.closed);
}

INSTANTIATE_TEST_SUITE_P(
    Codes,
    FailedRequest,
    ::testing::Values(v1::NO_RESPONDERS, v1::TIMEOUT, v1::RESPONDER_GONE, v1::OVER_MEMORY_BUDGET)
);

TEST_F(FrameSessionMessage, RefusedRequestIsAnsweredByItsId) {
    open();
    send(testing::request(1, "a.*"));
    send(testing::request(2, "$JS.x"));
    send(testing::request(3, "$SYS"));
    send(testing::request(4, "_REPLY.1.2"));
    send(testing::request(5, "svc", 300'001));
    EXPECT_THAT(
        heard(),
        ElementsAre(
            "failed 1 WILDCARD_IN_PUBLISH",
            "failed 2 RESERVED_SUBJECT",
            "failed 3 RESERVED_SUBJECT",
            "failed 4 RESERVED_SUBJECT",
            "failed 5 BAD_REQUEST"
        )
    );
    EXPECT_THAT(transport_.requests, IsEmpty());
    EXPECT_EQ(transport_.refusals[v1::RESERVED_SUBJECT], 3);
}

TEST_F(FrameSessionMessage, BuiltInRespondersAreAsked) {
    open();
    send(testing::request(1, "$SYS.echo"));
    ASSERT_EQ(transport_.requests.size(), 1U);
    EXPECT_EQ(transport_.requests[0].subject, "$SYS.echo");
}

TEST_F(FrameSessionMessage, RequestIdInUseIsRefusedWithoutAnsweringTheOther) {
    open();
    send(testing::request(7));
    send(testing::request(7));
    EXPECT_THAT(heard(), ElementsAre("error BAD_REQUEST"));
    transport_.answer(7, "yes");
    EXPECT_THAT(heard(), ElementsAre("answer 7 yes"));
    EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(FrameSessionMessage, BoundsTheRequestsThatWait) {
    options_.max_pending_requests = 2;
    open();
    send(testing::request(1));
    send(testing::request(2));
    send(testing::request(3));
    EXPECT_THAT(heard(), ElementsAre("failed 3 TOO_MANY_REQUESTS"));
    transport_.answer(1, "x");
    send(testing::request(3));
    EXPECT_EQ(transport_.requests.size(), 3U);
}

v1::Frame changed(v1::Frame frame, void (*change)(v1::Frame&)) {
    change(frame);
    return frame;
}

TEST_F(FrameSessionMessage, FramesThatNoClientSendsEndTheSession) {
    const std::vector<v1::Frame> frames = {
        v1::Frame{},
        changed({}, [](v1::Frame& frame) { frame.set_request(1); }),
        changed(testing::publish("a"), [](v1::Frame& frame) { frame.set_subscription(1); }),
        changed(testing::publish("a"), [](v1::Frame& frame) { frame.set_reply_to("a"); }),
        changed(testing::publish("a"), [](v1::Frame& frame) { frame.mutable_ping(); }),
        changed(testing::ping(1), [](v1::Frame& frame) { frame.set_request(1); }),
        changed(testing::ping(1), [](v1::Frame& frame) { frame.set_timeout_ms(1); }),
        changed({}, [](v1::Frame& frame) { frame.mutable_welcome(); }),
        changed({}, [](v1::Frame& frame) { frame.mutable_subscribed(); }),
        changed({}, [](v1::Frame& frame) { frame.mutable_unsubscribed(); }),
        changed({}, [](v1::Frame& frame) { frame.mutable_flushed(); }),
        changed({}, [](v1::Frame& frame) { frame.mutable_error(); }),
        changed({}, [](v1::Frame& frame) { frame.mutable_stored(); }),
        changed(testing::ping(1), [](v1::Frame& frame) { frame.set_durable(true); }),
    };
    for (const v1::Frame& frame : frames) {
        transport_ = {};
        open();
        send(frame);
        EXPECT_THAT(heard(), ElementsAre("closing UNEXPECTED_FRAME")) << frame.ShortDebugString();
        EXPECT_EQ(transport_.closed, CloseReason::protocol_violation);
        EXPECT_THAT(transport_.published, IsEmpty());
    }
}

TEST_F(FrameSessionMessage, TwoControlsInOneFrameEndTheSession) {
    open();
    send_bytes(testing::ping(1).SerializeAsString() + testing::flush(1).SerializeAsString());
    EXPECT_THAT(heard(), ElementsAre("closing UNEXPECTED_FRAME"));
    EXPECT_THAT(transport_.flushed, IsEmpty());
}

}  // namespace
}  // namespace telex::session::native
