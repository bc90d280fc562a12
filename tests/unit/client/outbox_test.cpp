#include "client/outbox.hpp"

#include "client/outgoing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::client {
namespace {

std::string publish(std::string_view payload) {
    OutMessage message;
    message.subject = "a.b";
    message.payload = payload;
    std::string frame;
    append_publish(frame, size_of(message));
    return frame;
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

TEST(Outbox, EverythingAppendedDuringAWriteGoesInTheNextOne) {
    Outbox outbox(1000);
    outbox.pending() += publish("1");
    EXPECT_EQ(outbox.writable(true), publish("1"));
    outbox.pending() += publish("2");
    outbox.pending() += publish("3");
    EXPECT_EQ(outbox.writable(true), publish("1"));  // not finished yet
    outbox.wrote(publish("1").size());
    EXPECT_EQ(outbox.writable(true), publish("2") + publish("3"));
}

TEST(Outbox, PendingStaysWhenOnlyTheBegunIsWanted) {
    Outbox outbox(1000);
    outbox.introduce(ping());
    outbox.pending() += publish("1");
    EXPECT_EQ(outbox.writable(false), ping());
    outbox.wrote(ping().size());
    EXPECT_EQ(outbox.writable(false), "");
    EXPECT_EQ(outbox.writable(true), publish("1"));
}

TEST(Outbox, RoomIsWhatIsUnsent) {
    const std::string frame = publish("0123456789");
    Outbox outbox(2 * frame.size());
    EXPECT_TRUE(outbox.has_room(1000)) << "any frame fits an empty outbox";
    outbox.pending() += frame;
    EXPECT_TRUE(outbox.has_room(frame.size()));
    EXPECT_FALSE(outbox.has_room(frame.size() + 1));
    (void)outbox.writable(true);
    outbox.wrote(4);
    EXPECT_TRUE(outbox.has_room(frame.size() + 4));
    EXPECT_EQ(outbox.unsent_bytes(), frame.size() - 4);
}

TEST(Outbox, RewindKeepsThePublishThatWasCutAndThoseBehindIt) {
    for (std::size_t cut = 0; cut < publish("2").size(); ++cut) {
        Outbox outbox(1000);
        outbox.pending() += publish("1") + publish("2") + publish("3");
        (void)outbox.writable(true);
        outbox.wrote(publish("1").size() + cut);
        outbox.pending() += publish("4");
        outbox.rewind();
        EXPECT_EQ(outbox.writable(true), publish("2") + publish("3") + publish("4")) << cut;
    }
}

TEST(Outbox, RewindDropsAllThatIsNoPublish) {
    Outbox outbox(1000);
    outbox.pending() += ping() + publish("1") + request("2");
    (void)outbox.writable(true);
    outbox.pending() += request("3") + publish("4") + ping();
    outbox.rewind();
    EXPECT_EQ(outbox.unsent_publishes(), 2U);
    EXPECT_EQ(outbox.writable(true), publish("1") + publish("4"));
}

TEST(Outbox, DropsWhatANewServerDoesNotTake) {
    Outbox outbox(1 << 20);
    const std::string large(200, 'x');
    outbox.pending() += publish("1") + publish(large) + ping() + publish("2");
    EXPECT_EQ(outbox.drop_larger_than(100), 1U);
    EXPECT_EQ(outbox.writable(true), publish("1") + ping() + publish("2"));
}

TEST(Outbox, WhatIsPutFirstGoesFirst) {
    Outbox outbox(1000);
    outbox.pending() += publish("1");
    outbox.put_first(ping());
    EXPECT_EQ(outbox.writable(true), ping() + publish("1"));
}

}  // namespace
}  // namespace telex::client
