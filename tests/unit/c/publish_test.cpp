#include "unit/c/support.hpp"

#include <string>

namespace telex::test {
namespace {

TEST(CPublish, SendsSubjectAndOctets) {
    CPair pair;
    EXPECT_EQ(telex_publish(pair.get(), "a.b", "x\0y", 3, nullptr), TELEX_OK);
    const v1::Message message = pair.peer.read().message();
    EXPECT_EQ(message.subject(), "a.b");
    EXPECT_EQ(message.payload(), std::string("x\0y", 3));
    EXPECT_EQ(telex_client_statistic(pair.get(), TELEX_PUBLISHED_MESSAGES), 1U);
}

TEST(CPublish, SendsFields) {
    CPair pair;
    const COwner<telex_fields> fields(telex_fields_new());
    EXPECT_EQ(telex_fields_set(fields.get(), TELEX_REPLY_TO, "inbox"), TELEX_OK);
    EXPECT_EQ(telex_fields_set(fields.get(), TELEX_ID, "7"), TELEX_OK);
    EXPECT_EQ(telex_fields_set(fields.get(), TELEX_CONTENT_TYPE, "text/plain"), TELEX_OK);
    EXPECT_EQ(telex_fields_set(fields.get(), TELEX_TYPE, "T"), TELEX_OK);
    EXPECT_EQ(telex_fields_add_header(fields.get(), "n", "1"), TELEX_OK);
    EXPECT_EQ(telex_fields_add_header(fields.get(), "n", "2"), TELEX_OK);
    EXPECT_EQ(telex_publish(pair.get(), "a", "", 0, fields.get()), TELEX_OK);
    const v1::Message message = pair.peer.read().message();
    EXPECT_EQ(message.reply(), "inbox");
    EXPECT_EQ(message.id(), "7");
    EXPECT_EQ(message.content_type(), "text/plain");
    EXPECT_EQ(message.type(), "T");
    ASSERT_EQ(message.headers_size(), 2);
    EXPECT_EQ(message.headers(1).name(), "n");
    EXPECT_EQ(message.headers(1).value(), "2");
    EXPECT_EQ(
        telex_fields_set(fields.get(), static_cast<telex_field>(9), "x"), TELEX_INVALID_ARGUMENT
    );
}

TEST(CPublish, RejectsBadSubjects) {
    const CPair pair;
    EXPECT_EQ(telex_publish(pair.get(), "a..b", "", 0, nullptr), TELEX_BAD_SUBJECT);
    EXPECT_EQ(telex_publish(pair.get(), "a.*", "", 0, nullptr), TELEX_WILDCARD_IN_PUBLISH);
    EXPECT_THAT(telex_error_text(), ::testing::HasSubstr("a.*"));
}

TEST(CRespond, PublishesToTheReplySubject) {
    CPair pair;
    COwner<telex_subscription> subscription;
    const auto id = pair.subscribe(subscription);
    pair.peer.deliver(id, "a.b", "ask", "_REPLY.1");
    pair.peer.deliver(id, "a.b", "tell");
    telex_message* message = nullptr;
    ASSERT_EQ(telex_next(subscription.get(), -1, &message), TELEX_OK);
    const COwner<telex_message> request(message);
    EXPECT_EQ(telex_message_wants_reply(request.get()), 1);
    EXPECT_EQ(telex_respond(pair.get(), request.get(), "yes", 3, nullptr), TELEX_OK);
    const v1::Message reply = pair.peer.read().message();
    EXPECT_EQ(reply.subject(), "_REPLY.1");
    EXPECT_EQ(reply.payload(), "yes");
    ASSERT_EQ(telex_next(subscription.get(), -1, &message), TELEX_OK);
    const COwner<telex_message> other(message);
    EXPECT_EQ(telex_message_wants_reply(other.get()), 0);
    EXPECT_EQ(telex_respond(pair.get(), other.get(), "", 0, nullptr), TELEX_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace telex::test
