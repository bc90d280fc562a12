// NULL is an error with a text, or a default; never a crash.
#include "unit/c/support.hpp"

#include <string>

namespace telex::test {
namespace {

// The text of a call that must fail because of an argument.
std::string fault(int code) {
    EXPECT_EQ(code, TELEX_INVALID_ARGUMENT);
    return telex_error_text();
}

TEST(CNull, IsNamedByOptions) {
    const COwner<telex_options> owner(telex_options_new());
    telex_options* const options = owner.get();
    EXPECT_EQ(fault(telex_options_add_server(nullptr, "a")), "options is NULL");
    EXPECT_EQ(fault(telex_options_add_server(options, nullptr)), "server is NULL");
    EXPECT_EQ(fault(telex_options_set_password(nullptr, "", "")), "options is NULL");
    EXPECT_EQ(fault(telex_options_set_password(options, nullptr, "")), "user is NULL");
    EXPECT_EQ(fault(telex_options_set_password(options, "", nullptr)), "password is NULL");
    EXPECT_EQ(fault(telex_options_set_text(nullptr, TELEX_NAME, "")), "options is NULL");
    EXPECT_EQ(fault(telex_options_set_text(options, TELEX_NAME, nullptr)), "value is NULL");
    EXPECT_EQ(fault(telex_options_set_number(nullptr, TELEX_NO_ECHO, 1)), "options is NULL");
    EXPECT_EQ(
        fault(telex_options_set_handlers(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr)),
        "options is NULL"
    );
    EXPECT_EQ(fault(telex_subscribe_options_set_queue_group(nullptr, "")), "options is NULL");
    EXPECT_EQ(
        fault(telex_subscribe_options_set_number(nullptr, TELEX_CREDIT, 1)), "options is NULL"
    );
    EXPECT_EQ(fault(telex_fields_set(nullptr, TELEX_ID, "")), "fields is NULL");
    EXPECT_EQ(fault(telex_fields_add_header(nullptr, "", "")), "fields is NULL");
    const COwner<telex_fields> fields(telex_fields_new());
    EXPECT_EQ(fault(telex_fields_set(fields.get(), TELEX_ID, nullptr)), "value is NULL");
    EXPECT_EQ(fault(telex_fields_add_header(fields.get(), nullptr, "")), "name is NULL");
    EXPECT_EQ(fault(telex_fields_add_header(fields.get(), "", nullptr)), "value is NULL");
    const COwner<telex_subscribe_options> subscribing(telex_subscribe_options_new());
    EXPECT_EQ(
        fault(telex_subscribe_options_set_queue_group(subscribing.get(), nullptr)),
        "queue_group is NULL"
    );
}

TEST(CNull, IsNamedByCallsOfAClient) {
    telex_message* message = nullptr;
    telex_subscription* subscription = nullptr;
    telex_server_info* server = nullptr;
    EXPECT_EQ(fault(telex_connect(nullptr, nullptr)), "client is NULL");
    EXPECT_EQ(fault(telex_connect_in_background(nullptr, nullptr)), "client is NULL");
    EXPECT_EQ(fault(telex_flush(nullptr, 0)), "client is NULL");
    EXPECT_EQ(fault(telex_drain(nullptr, 0)), "client is NULL");
    EXPECT_EQ(fault(telex_client_server_info(nullptr, &server)), "client is NULL");
    EXPECT_EQ(fault(telex_publish(nullptr, "a", "", 0, nullptr)), "client is NULL");
    EXPECT_EQ(fault(telex_request(nullptr, "a", "", 0, nullptr, 1, &message)), "client is NULL");
    EXPECT_EQ(
        fault(telex_request_async(nullptr, "a", "", 0, nullptr, 1, nullptr, nullptr)),
        "client is NULL"
    );
    EXPECT_EQ(fault(telex_respond(nullptr, nullptr, "", 0, nullptr)), "client is NULL");
    EXPECT_EQ(
        fault(telex_subscribe(nullptr, "a", nullptr, nullptr, nullptr, &subscription)),
        "client is NULL"
    );
}

TEST(CNull, IsNamedByTheOtherArguments) {
    const CPair pair;
    telex_client* const client = pair.get();
    telex_message* message = nullptr;
    telex_subscription* subscription = nullptr;
    EXPECT_EQ(fault(telex_client_server_info(client, nullptr)), "server is NULL");
    EXPECT_EQ(fault(telex_publish(client, nullptr, "", 0, nullptr)), "subject is NULL");
    EXPECT_EQ(fault(telex_publish(client, "a", nullptr, 1, nullptr)), "payload is NULL");
    EXPECT_EQ(telex_publish(client, "a", nullptr, 0, nullptr), TELEX_OK);
    EXPECT_EQ(fault(telex_request(client, "a", "", 0, nullptr, 1, nullptr)), "reply is NULL");
    EXPECT_EQ(
        fault(telex_request(client, nullptr, "", 0, nullptr, 1, &message)), "subject is NULL"
    );
    EXPECT_EQ(
        fault(telex_request_async(client, "a", "", 0, nullptr, 1, nullptr, nullptr)),
        "handler is NULL"
    );
    EXPECT_EQ(fault(telex_respond(client, nullptr, "", 0, nullptr)), "request is NULL");
    EXPECT_EQ(
        fault(telex_subscribe(client, nullptr, nullptr, nullptr, nullptr, &subscription)),
        "filter is NULL"
    );
    EXPECT_EQ(
        fault(telex_subscribe(client, "a", nullptr, nullptr, nullptr, nullptr)),
        "subscription is NULL"
    );
}

TEST(CNull, IsNamedByCallsOfASubscription) {
    telex_message* message = nullptr;
    EXPECT_EQ(fault(telex_next(nullptr, 0, &message)), "subscription is NULL");
    EXPECT_EQ(fault(telex_subscription_add_credit(nullptr, 1)), "subscription is NULL");
    EXPECT_EQ(fault(telex_unsubscribe(nullptr)), "subscription is NULL");
    EXPECT_EQ(fault(telex_subscription_drain(nullptr, 0)), "subscription is NULL");
}

TEST(CNull, IsHarmlessWhereACallCannotFail) {
    telex_options_free(nullptr);
    telex_client_free(nullptr);
    telex_close(nullptr);
    telex_server_info_free(nullptr);
    telex_fields_free(nullptr);
    telex_message_free(nullptr);
    telex_subscribe_options_free(nullptr);
    telex_subscription_free(nullptr);
    telex_subscription_detach(nullptr);
    EXPECT_EQ(telex_client_status(nullptr), TELEX_STATUS_CLOSED);
    EXPECT_EQ(telex_client_statistic(nullptr, TELEX_CONNECTS), 0U);
    EXPECT_STREQ(telex_server_info_text(nullptr, TELEX_SERVER_NAME), "");
    EXPECT_EQ(telex_server_info_number(nullptr, TELEX_SERVER_MAX_HEADERS), 0U);
    EXPECT_EQ(telex_subscription_active(nullptr), 0);
    EXPECT_STREQ(telex_subscription_filter(nullptr), "");
    EXPECT_EQ(telex_subscription_statistic(nullptr, TELEX_SUBSCRIPTION_RECEIVED), 0U);
}

TEST(CNull, IsAnEmptyMessage) {
    std::size_t size = 7;
    EXPECT_EQ(telex_message_payload(nullptr, &size), nullptr);
    EXPECT_EQ(size, 0U);
    EXPECT_STREQ(telex_message_subject(nullptr), "");
    EXPECT_STREQ(telex_message_field(nullptr, TELEX_ID), "");
    EXPECT_EQ(telex_message_wants_reply(nullptr), 0);
    EXPECT_EQ(telex_message_header_count(nullptr), 0U);
    EXPECT_EQ(telex_message_header_name(nullptr, 0), nullptr);
    EXPECT_EQ(telex_message_header_value(nullptr, 0), nullptr);
    EXPECT_EQ(telex_message_header(nullptr, "a"), nullptr);
    EXPECT_EQ(telex_message_copy(nullptr), nullptr);
}

}  // namespace
}  // namespace telex::test
