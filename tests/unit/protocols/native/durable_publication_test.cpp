// Durable publications: which pass, their outcomes, and what ends with them.
#include "unit/protocols/native/telex_fixture.hpp"

#include <gmock/gmock.h>

namespace telex::session::native {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DurablePublications : public TelexFixture {
protected:
    DurablePublications() { transport_.streams = true; }
};

TEST_F(DurablePublications, AreAnsweredOnceTheyAreStored) {
    open();
    send(testing::durable(7));
    EXPECT_THAT(transport_.durable, ElementsAre(7));
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].subject, "log.a");
    EXPECT_THAT(transport_.requests, IsEmpty());
    EXPECT_THAT(heard(), IsEmpty());
    transport_.store(7, {.stream = "LOG", .sequence = 41});
    EXPECT_THAT(heard(), ElementsAre("stored 7 LOG 41"));
}

TEST_F(DurablePublications, TellADuplicate) {
    open();
    send(testing::durable(7));
    transport_.store(7, {.stream = "LOG", .sequence = 40, .duplicate = true});
    EXPECT_THAT(heard(), ElementsAre("duplicate 7 LOG 40"));
}

TEST_F(DurablePublications, FailWithTheCodeTheTextAndTheSequence) {
    open();
    send(testing::durable(7));
    transport_.store(
        7, {.code = v1::WRONG_SEQUENCE, .text = "is 12", .stream = "LOG", .sequence = 12}
    );
    ASSERT_EQ(transport_.controls.size(), 1U);
    const v1::Frame frame = last_frame();
    EXPECT_EQ(frame.request(), 7U);
    EXPECT_EQ(frame.error().code(), v1::WRONG_SEQUENCE);
    EXPECT_EQ(frame.error().text(), "is 12");
    EXPECT_EQ(frame.error().sequence(), 12U);
    EXPECT_FALSE(frame.error().closing());
    EXPECT_EQ(transport_.refusals[v1::WRONG_SEQUENCE], 1);
    EXPECT_FALSE(transport_.closed);
}

TEST_F(DurablePublications, NeedAnId) {
    open();
    send(testing::durable(0));
    EXPECT_THAT(heard(), ElementsAre("error BAD_REQUEST"));
    EXPECT_THAT(transport_.published, IsEmpty());
}

TEST_F(DurablePublications, ShareTheirIdsWithRequests) {
    open();
    send(testing::durable(7));
    send(testing::durable(7));
    send(testing::request(7));
    EXPECT_THAT(heard(), ElementsAre("error BAD_REQUEST", "error BAD_REQUEST"));
    send(testing::request(8));
    send(testing::durable(8));
    EXPECT_THAT(heard(), ElementsAre("error BAD_REQUEST"));
    EXPECT_THAT(transport_.durable, ElementsAre(7));
    EXPECT_EQ(transport_.requests.size(), 1U);
    transport_.store(7, {.stream = "LOG", .sequence = 1});
    transport_.answer(8, "yes");
    EXPECT_THAT(heard(), ElementsAre("stored 7 LOG 1", "answer 8 yes"));
    send(testing::durable(7));
    EXPECT_THAT(transport_.durable, ElementsAre(7)) << "the id is free again";
}

TEST_F(DurablePublications, ObeyTheRulesForPublications) {
    open();
    send(testing::durable(7, "a.*"));
    send(testing::durable(8, "$SYS.x"));
    EXPECT_THAT(heard(), ElementsAre("failed 7 WILDCARD_IN_PUBLISH", "failed 8 RESERVED_SUBJECT"));
    EXPECT_THAT(transport_.published, IsEmpty());
}

TEST_F(DurablePublications, AreBounded) {
    options_.max_durable_publications = 2;
    open();
    send(testing::durable(1));
    send(testing::durable(2));
    send(testing::durable(3));
    EXPECT_THAT(heard(), ElementsAre("failed 3 TOO_MANY_REQUESTS"));
    transport_.store(1, {.stream = "LOG", .sequence = 1});
    send(testing::durable(3));
    EXPECT_THAT(transport_.durable, ElementsAre(2, 3));
}

TEST_F(DurablePublications, HaveALimitInWelcome) {
    start();
    send(testing::hello());
    EXPECT_EQ(last_frame().welcome().limits().max_durable_publications(), 65'536U);
}

TEST_F(DurablePublications, HaveNoLimitInWelcomeWithoutStreams) {
    transport_.streams = false;
    start();
    send(testing::hello());
    EXPECT_EQ(last_frame().welcome().limits().max_durable_publications(), 0U);
}

TEST_F(DurablePublications, AreNotPossibleOverDatagrams) {
    options_.datagram = true;
    open();
    send(testing::durable(7));
    EXPECT_THAT(heard(), ElementsAre("failed 7 NOT_ALLOWED_HERE"));
    EXPECT_THAT(transport_.published, IsEmpty());
}

TEST_F(DurablePublications, AreRefusedWhileTheExchangeDrains) {
    open();
    send(testing::durable(1));
    session_->on_drain();
    send(testing::durable(2));
    EXPECT_THAT(heard(), ElementsAre("goodbye reconnect", "failed 2 SHUTTING_DOWN"));
    transport_.store(1, {.stream = "LOG", .sequence = 1});
    EXPECT_THAT(heard(), ElementsAre("stored 1 LOG 1")) << "those before are answered";
}

TEST_F(DurablePublications, KeepAHalfClosedSession) {
    open();
    send(testing::durable(1));
    session_->on_end_of_input();
    EXPECT_FALSE(transport_.closed);
    transport_.store(1, {.stream = "LOG", .sequence = 1});
    EXPECT_THAT(heard(), ElementsAre("stored 1 LOG 1"));
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(DurablePublications, AreNotAnsweredAfterTheEnd) {
    open();
    send(testing::durable(1));
    send(v1::Frame{});
    EXPECT_THAT(heard(), ElementsAre("closing UNEXPECTED_FRAME"));
    session_->on_stored(1, {.stream = "LOG", .sequence = 1});
    EXPECT_THAT(heard(), IsEmpty());
}

}  // namespace
}  // namespace telex::session::native
