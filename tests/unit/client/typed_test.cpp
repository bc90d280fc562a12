#include "telex/v1/sys.pb.h"
#include "unit/client/support.hpp"
#include <telex/typed.hpp>

#include <gtest/gtest.h>

namespace telex::test {
namespace {

v1::ServerTime time_of(std::int64_t nanoseconds) {
    v1::ServerTime time;
    time.set_unix_nanoseconds(nanoseconds);
    return time;
}

TEST(Typed, PublishSetsTheType) {
    Pair pair;
    ASSERT_TRUE(publish(*pair.client, "t", time_of(5)));
    const v1::Frame frame = pair.peer.read();
    EXPECT_EQ(frame.message().type(), "telex.v1.ServerTime");
    EXPECT_EQ(frame.message().content_type(), "application/protobuf");
    EXPECT_EQ(frame.message().payload(), time_of(5).SerializeAsString());
}

TEST(Typed, SubscribeParsesOrReportsAnError) {
    Pair pair;
    Collected<Expected<std::int64_t>> seen;
    auto subscribing = meanwhile([&] {
        return subscribe<v1::ServerTime>(
            *pair.client,
            "t",
            [&](Expected<v1::ServerTime> time, const Message&) {
                seen.add(std::move(time).map([](const v1::ServerTime& t) {
                    return t.unix_nanoseconds();
                }));
            }
        );
    });
    const auto id = pair.peer.confirm_subscribe().subscription();
    auto subscription = subscribing.get();
    pair.peer.deliver(id, "t", time_of(9).SerializeAsString());
    pair.peer.deliver(id, "t", "\xFF");
    v1::Frame other;
    other.set_subscription(id);
    other.mutable_message()->set_type("some.Other");
    pair.peer.send(other);
    const auto values = seen.wait(3);
    ASSERT_EQ(values.size(), 3U);
    EXPECT_EQ(values[0].value(), 9);
    EXPECT_EQ(values[1].error().code, Errc::undecodable_payload);
    EXPECT_EQ(values[2].error().code, Errc::undecodable_payload);
}

TEST(Typed, RequestAndRespond) {
    Pair pair;
    auto asking =
        meanwhile([&] { return request<v1::ServerTime>(*pair.client, "svc", time_of(1)); });
    const v1::Frame question = pair.peer.read();
    EXPECT_EQ(question.message().type(), "telex.v1.ServerTime");
    v1::Frame answer;
    answer.set_request(question.request());
    answer.mutable_message()->set_payload(time_of(2).SerializeAsString());
    pair.peer.send(answer);
    EXPECT_EQ(asking.get()->unix_nanoseconds(), 2);

    Message incoming;
    incoming.reply_to = "_REPLY.1";
    ASSERT_TRUE(respond(*pair.client, incoming, time_of(3)));
    EXPECT_EQ(pair.peer.read().message().subject(), "_REPLY.1");
}

}  // namespace
}  // namespace telex::test
