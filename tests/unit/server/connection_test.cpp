// Connections in memory: frames in, frames out, errors.
#include "protocols/raw/raw_options.hpp"
#include "support/memory_server.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::server {
namespace {

using telex::testing::MemoryServer;
using telex::testing::MemoryTelex;

TEST(Connection, CarriesAConversation) {
    MemoryServer server(1);
    MemoryTelex client(server.connect());
    client.open();
    client.send(testing::subscribe(1, "a"));
    EXPECT_EQ(client.next(), "subscribed 1");
    client.send(testing::publish("a", "hello"));
    EXPECT_EQ(client.next(), "delivery 1 hello");
    client.send(testing::request(5, "$SYS.echo"));
    EXPECT_EQ(client.next(), "answer 5 payload");
    client.send(testing::ping(9));
    EXPECT_EQ(client.next(), "pong 9");
}

TEST(Connection, RepliesToRequestsBeforeTheEndOfInput) {
    MemoryServer server(1);
    MemoryTelex client(server.connect());
    client.open();
    for (std::uint64_t id = 1; id <= 50; ++id) {
        client.send(testing::request(id, "$SYS.echo"));
    }
    client.stream().finish();
    for (std::uint64_t id = 1; id <= 50; ++id) {
        EXPECT_EQ(client.next(), "answer " + std::to_string(id) + " payload");
    }
    EXPECT_EQ(client.next(), "end");
}

// Only the length has arrived.
TEST(Connection, RejectsALongFrameByItsLength) {
    MemoryServer server(1);
    MemoryTelex client(server.connect());
    client.open();
    client.stream().send("\xff\xff\xff\x07");
    EXPECT_EQ(client.next(), "closing FRAME_TOO_LARGE");
    EXPECT_EQ(client.next(), "end");
}

TEST(Connection, LimitsFramesBeforeHello) {
    MemoryServer server(1);
    MemoryTelex anonymous(server.connect());
    anonymous.stream().send("\xa0\x9c\x01");  // 20,000 bytes: allowed after Hello
    EXPECT_EQ(anonymous.next(), "closing FRAME_TOO_LARGE");
    MemoryTelex client(server.connect());
    client.open();
    client.send(testing::subscribe(1, "a"));
    EXPECT_EQ(client.next(), "subscribed 1");
    client.send(testing::publish("a", std::string(20'000, 'x')));
    EXPECT_EQ(client.next(), "delivery 1 " + std::string(20'000, 'x'));
}

TEST(Connection, SendsTheReasonBeforeItCloses) {
    MemoryServer server(1);
    MemoryTelex client(server.connect());
    client.stream().send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto frame = client.receive();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->error().code(), v1::WRONG_PROTOCOL);
    EXPECT_NE(frame->error().text().find("HTTP"), std::string::npos) << frame->error().text();
    EXPECT_EQ(client.next(), "end");
    client.stream().vanish();
    server.settle();
    EXPECT_EQ(server.stats().refusals().at("WRONG_PROTOCOL"), 1U);
    EXPECT_EQ(server.stats().closed_connections().at("wrong_protocol"), 1U);
}

TEST(Connection, SkipsOversizePacketsIfConfigured) {
    ListenerOptions options;
    options.protocol = "raw";
    options.session.protocol = session::raw::RawOptions{.request = "$SYS.echo"};
    options.framing = *codec::parse_preset("datagram");
    options.framing.oversize = codec::Oversize::discard;
    options.framing.max_frame_bytes = 10;
    MemoryServer server(1, options);
    testing::MemoryClient client = server.connect({}, true);
    client.send(std::string(11, 'x'));
    client.send(std::string(300'000, 'x'));  // more than any buffer holds
    client.send("hi");
    EXPECT_EQ(client.receive(), "hi");
    EXPECT_EQ(server.stats().refusals().at("FRAME_TOO_LARGE"), 2U);
}

TEST(Connection, RejectsConnectionsWhenTheListenerIsFull) {
    ListenerOptions options;
    options.max_connections = 1;
    MemoryServer server(1, options);
    MemoryTelex first(server.connect());
    first.open();
    MemoryTelex second(server.connect());
    EXPECT_EQ(second.next(), "closing TOO_MANY_CONNECTIONS");
    EXPECT_EQ(second.next(), "end");
    first.send(testing::ping(1));
    EXPECT_EQ(first.next(), "pong 1");
    first.stream().vanish();
    second.stream().vanish();
    while (server.stats().connections() > 0) {
    }
    MemoryTelex third(server.connect());
    third.open();
}

// A skipped frame is counted; an empty one that the listener ignores is not.
TEST(Connection, CountsLostButNotIgnoredFrames) {
    ListenerOptions options;
    options.protocol = "raw";
    options.framing = *codec::parse_preset("lines");
    options.framing.oversize = codec::Oversize::discard;
    options.framing.empty = codec::EmptyFrames::ignore;
    options.framing.max_frame_bytes = 10;
    options.session.protocol = session::raw::RawOptions{.request = "$SYS.echo"};
    MemoryServer server(1, options);
    testing::MemoryClient client = server.connect();
    client.send("\n\n\none\n" + std::string(5'000, 'x') + "\ntwo\n");
    std::string answers;
    while (answers.size() < 8) {
        answers += client.receive();
    }
    EXPECT_EQ(answers, "one\ntwo\n");
    EXPECT_EQ(server.stats().refusals().at("FRAME_TOO_LARGE"), 1U);
}

TEST(Connection, SharesTurnsWithABusyConnection) {
    MemoryServer server(1);
    MemoryTelex busy(server.connect());
    busy.open();
    std::string flood;
    while (flood.size() < (4U << 20U)) {
        flood += MemoryTelex::framed(testing::publish("nobody", std::string(100, 'x')));
    }
    MemoryTelex other(server.connect());
    other.open();
    busy.stream().send(flood);
    other.send(testing::ping(1));
    EXPECT_EQ(other.next(), "pong 1");
    busy.send(testing::ping(2));
    EXPECT_EQ(busy.next(), "pong 2");
}

// A turn is limited in messages, not only in bytes.
TEST(Connection, SharesTurnsAmongManySmallMessages) {
    constexpr int kMessages = 60'000;
    MemoryServer server(1);
    MemoryTelex busy(server.connect());
    MemoryTelex other(server.connect());
    MemoryTelex subscriber(server.connect());
    busy.open();
    other.open();
    subscriber.open();
    subscriber.send(testing::subscribe(1, "all"));
    ASSERT_EQ(subscriber.next(), "subscribed 1");
    std::string flood;
    for (int i = 0; i < kMessages; ++i) {
        flood += MemoryTelex::framed(testing::publish("all", "many"));
    }
    server.at(0, [&] {  // both come while the reactor does something else
        busy.stream().send(flood);
        other.send(testing::publish("all", "one"));
    });
    int before = 0;
    while (subscriber.next().find("one") == std::string::npos) {
        ++before;
    }
    // The first read takes 256 KiB, the next ones are smaller.
    EXPECT_LT(before, 20'000);
}

}  // namespace
}  // namespace telex::server
