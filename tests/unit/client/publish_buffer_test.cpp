#include "client/publish_buffer.hpp"

#include "client/outgoing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::client {
namespace {

std::string publish(std::string_view payload, std::string_view subject = "a.b") {
    OutMessage message;
    message.subject = subject;
    message.payload = payload;
    std::string frame;
    append_publish(frame, size_of(message));
    return frame;
}

std::string reply(std::string_view payload) {
    return publish(payload, "_REPLY.0.1.0123456789abcdef");
}

std::string request(std::string_view payload) {
    OutMessage message;
    message.subject = "a.b";
    message.payload = payload;
    std::string frame;
    append_request(frame, size_of(message), 7, 1000);
    return frame;
}

std::string ping() {
    std::string frame;
    append_ping(frame, 1);
    return frame;
}

TEST(PublishBuffer, FramesAppendedDuringAWriteGoIntoTheNext) {
    PublishBuffer buffer(1000);
    buffer.pending() += publish("1");
    EXPECT_EQ(buffer.writable(true), publish("1"));
    buffer.pending() += publish("2");
    buffer.pending() += publish("3");
    EXPECT_EQ(buffer.writable(true), publish("1"));  // not finished yet
    buffer.wrote(publish("1").size());
    EXPECT_EQ(buffer.writable(true), publish("2") + publish("3"));
}

TEST(PublishBuffer, KeepsPendingFramesUnlessTheyAreTaken) {
    PublishBuffer buffer(1000);
    buffer.introduce(ping());
    buffer.pending() += publish("1");
    EXPECT_EQ(buffer.writable(false), ping());
    buffer.wrote(ping().size());
    EXPECT_EQ(buffer.writable(false), "");
    EXPECT_EQ(buffer.writable(true), publish("1"));
}

TEST(PublishBuffer, CountsUnsentBytesAgainstTheLimit) {
    const std::string frame = publish("0123456789");
    PublishBuffer buffer(2 * frame.size());
    EXPECT_TRUE(buffer.has_room(1000)) << "any frame fits an empty buffer";
    buffer.pending() += frame;
    EXPECT_TRUE(buffer.has_room(frame.size()));
    EXPECT_FALSE(buffer.has_room(frame.size() + 1));
    (void)buffer.writable(true);
    buffer.wrote(4);
    EXPECT_TRUE(buffer.has_room(frame.size() + 4));
    EXPECT_EQ(buffer.unsent_bytes(), frame.size() - 4);
}

TEST(PublishBuffer, RewindKeepsPartlyWrittenAndLaterPublishes) {
    for (std::size_t cut = 0; cut < publish("2").size(); ++cut) {
        PublishBuffer buffer(1000);
        buffer.pending() += publish("1") + publish("2") + publish("3");
        (void)buffer.writable(true);
        buffer.wrote(publish("1").size() + cut);
        buffer.pending() += publish("4");
        buffer.rewind();
        EXPECT_EQ(buffer.writable(true), publish("2") + publish("3") + publish("4")) << cut;
    }
}

TEST(PublishBuffer, RewindDropsOtherFrames) {
    PublishBuffer buffer(1000);
    buffer.pending() += ping() + publish("1") + request("2");
    (void)buffer.writable(true);
    buffer.pending() += request("3") + publish("4") + ping();
    buffer.rewind();
    EXPECT_EQ(buffer.unsent_publishes(), 2U);
    EXPECT_EQ(buffer.writable(true), publish("1") + publish("4"));
}

TEST(PublishBuffer, DropsFramesOverTheLimitOfANewServer) {
    PublishBuffer buffer(1 << 20);
    const std::string large(200, 'x');
    buffer.pending() += publish("1") + publish(large) + ping() + publish("2");
    EXPECT_EQ(buffer.drop_larger_than(100), 1U);
    EXPECT_EQ(buffer.writable(true), publish("1") + ping() + publish("2"));
}

TEST(PublishBuffer, PutFirstGoesFirst) {
    PublishBuffer buffer(1000);
    buffer.pending() += publish("1");
    buffer.put_first(ping());
    EXPECT_EQ(buffer.writable(true), ping() + publish("1"));
}

TEST(PublishBuffer, AServerThatLeavesGetsTheRepliesOnly) {
    PublishBuffer buffer(1000);
    const std::string large(300, 'x');  // the length of the frame and of the message take two bytes
    buffer.pending() +=
        publish("1") + reply(large) + request("2") + publish("_REPLY.", "c") + reply("") + ping();
    buffer.begin_last();
    EXPECT_EQ(buffer.writable(false), reply(large) + reply(""));
    buffer.last() += reply("3");
    buffer.wrote(buffer.writable(false).size());
    EXPECT_EQ(buffer.writable(false), reply("3"));
    buffer.wrote(reply("3").size());
    EXPECT_EQ(buffer.writable(false), "");
    EXPECT_EQ(buffer.unsent_publishes(), 2U);
    buffer.rewind();
    EXPECT_EQ(buffer.writable(true), publish("1") + publish("_REPLY.", "c"));
}

TEST(PublishBuffer, ARunningWriteIsFinishedBeforeTheReplies) {
    PublishBuffer buffer(1000);
    buffer.pending() += publish("1");
    EXPECT_EQ(buffer.writable(true), publish("1"));
    buffer.wrote(3);
    buffer.pending() += reply("2");
    buffer.begin_last();
    EXPECT_EQ(buffer.writable(false), publish("1").substr(3));
    buffer.wrote(publish("1").size() - 3);
    EXPECT_EQ(buffer.writable(false), reply("2"));
}

TEST(PublishBuffer, RepliesThatWereNotSentStay) {
    PublishBuffer buffer(1000);
    buffer.pending() += publish("1");
    buffer.begin_last();
    buffer.last() += reply("2") + ping();
    EXPECT_EQ(buffer.unsent_bytes(), (publish("1") + reply("2") + ping()).size());
    EXPECT_EQ(buffer.unsent_publishes(), 2U);
    buffer.rewind();
    EXPECT_EQ(buffer.writable(true), reply("2") + publish("1"));
}

}  // namespace
}  // namespace telex::client
