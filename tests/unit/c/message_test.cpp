#include "unit/c/support.hpp"

#include <string>

namespace telex::test {
namespace {

// A received message with all fields, and copies of it.
TEST(CMessage, HasAllFieldsAndCanBeKept) {
    Collected<telex_message*> kept;
    CPair pair;
    COwner<telex_subscription> subscription;
    const auto id = pair.subscribe(
        subscription,
        [](void* context, const telex_message* message) {
            static_cast<Collected<telex_message*>*>(context)->add(telex_message_copy(message));
        },
        &kept
    );
    v1::Frame frame;
    frame.set_subscription(id);
    v1::Message& sent = *frame.mutable_message();
    sent.set_subject("a.b");
    sent.set_payload(std::string("\0x", 2));
    sent.set_reply("inbox");
    sent.set_id("7");
    sent.set_content_type("text/plain");
    sent.set_type("T");
    for (const char* value : {"1", "2"}) {
        auto* const header = sent.add_headers();
        header->set_name("n");
        header->set_value(value);
    }
    pair.peer.send(frame);
    const auto copies = kept.wait(1);
    ASSERT_EQ(copies.size(), 1U);
    const COwner<telex_message> message(copies[0]);
    EXPECT_STREQ(telex_message_subject(message.get()), "a.b");
    EXPECT_EQ(payload_of(message.get()), std::string("\0x", 2));
    EXPECT_NE(telex_message_payload(message.get(), nullptr), nullptr);
    EXPECT_STREQ(telex_message_field(message.get(), TELEX_REPLY_TO), "inbox");
    EXPECT_STREQ(telex_message_field(message.get(), TELEX_ID), "7");
    EXPECT_STREQ(telex_message_field(message.get(), TELEX_CONTENT_TYPE), "text/plain");
    EXPECT_STREQ(telex_message_field(message.get(), TELEX_TYPE), "T");
    EXPECT_STREQ(telex_message_field(message.get(), static_cast<telex_field>(9)), "");
    EXPECT_EQ(telex_message_wants_reply(message.get()), 1);
    ASSERT_EQ(telex_message_header_count(message.get()), 2U);
    EXPECT_STREQ(telex_message_header_name(message.get(), 1), "n");
    EXPECT_STREQ(telex_message_header_value(message.get(), 1), "2");
    EXPECT_EQ(telex_message_header_name(message.get(), 2), nullptr);
    EXPECT_EQ(telex_message_header_value(message.get(), 2), nullptr);
    EXPECT_STREQ(telex_message_header(message.get(), "n"), "1");
    EXPECT_EQ(telex_message_header(message.get(), "N"), nullptr);
    EXPECT_EQ(telex_message_header(message.get(), nullptr), nullptr);
}

}  // namespace
}  // namespace telex::test
