// Clients as members of consumers of streams, with a storage that the test plays.
#include "support/fake_consumers.hpp"
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::FakeConsumers;
using telex::testing::FakeDeliveries;
using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StreamMembership : public ::testing::Test {
protected:
    // As member `index` of all.
    void consume(std::uint64_t id, std::size_t index = 0) {
        running_.on(client_, [&] {
            client_.port.consume({.id = id, .stream = "LOG", .consumer = "workers", .credit = 10});
        });
        accept(index);
        (void)storage_.calls();
        (void)running_.notes(client_);
    }

    StreamMembers& source() { return client_.shard.stream_members(); }

    void accept(std::size_t index) {
        source().take_attached(storage_.member(index), v1::ERROR_CODE_UNSPECIFIED, "");
        running_.settle();
    }

    void deliver(std::size_t index, std::uint64_t first, std::uint64_t last) {
        source().take_deliveries(
            std::make_unique<FakeDeliveries>(storage_.member(index), first, last)
        );
        running_.settle();
    }

    void acknowledge(const broker::Acknowledgement& acknowledgement) {
        client_.port.acknowledge(acknowledgement);
    }

    std::vector<std::string> notes() { return running_.notes(client_); }

    FakeConsumers storage_;
    RunningExchange running_{1, {}, nullptr, &storage_};
    PlainClient& client_ = running_.client(0);
};

TEST_F(StreamMembership, BeginsOnceTheStorageHasAcceptedIt) {
    running_.on(client_, [&] {
        client_.port.consume(
            {.id = 5,
             .stream = "LOG",
             .consumer = "workers",
             .create = "config",
             .creates = true,
             .credit = 10,
             .may_subscribe = [](std::string_view filter) { return filter == "a"; },
             .may_publish = [](std::string_view subject) { return subject == "b"; }}
        );
    });
    EXPECT_THAT(storage_.calls(), ElementsAre("attach LOG workers"));
    const StreamConsumers::Attach attach = storage_.attached(0);
    EXPECT_EQ(attach.create, "config");
    EXPECT_TRUE(attach.creates);
    EXPECT_EQ(attach.credit, 10U);
    EXPECT_EQ(attach.account, access::kDefaultAccount);
    EXPECT_TRUE(attach.may_subscribe("a"));
    EXPECT_FALSE(attach.may_subscribe("b"));
    EXPECT_TRUE(attach.may_publish("b"));
    EXPECT_THAT(notes(), IsEmpty());
    accept(0);
    EXPECT_THAT(notes(), ElementsAre("subscribed 5"));
    running_.on(client_, [&] {
        EXPECT_TRUE(client_.port.has_subscription(5));
        EXPECT_EQ(client_.port.subscription_count(), 1U);
    });
}

TEST_F(StreamMembership, IsRefusedByTheStorage) {
    running_.on(client_, [&] { client_.port.consume({.id = 5, .stream = "NO", .credit = 1}); });
    source().take_attached(storage_.member(0), v1::NO_CONSUMER, "there is no stream NO");
    running_.settle();
    EXPECT_THAT(notes(), ElementsAre("refused NO_CONSUMER"));
    EXPECT_EQ(running_.counters().refusals[v1::NO_CONSUMER], 1U);
    running_.on(client_, [&] { EXPECT_FALSE(client_.port.has_subscription(5)); });
    EXPECT_THAT(storage_.calls(), ElementsAre("attach NO ")) << "and not detached";
}

TEST(StreamMembershipWithoutStreams, IsRefused) {
    RunningExchange running(1);
    PlainClient& client = running.client(0);
    running.on(client, [&] { client.port.consume({.id = 5, .stream = "LOG", .credit = 1}); });
    EXPECT_THAT(running.notes(client), ElementsAre("refused NO_CONSUMER"));
}

TEST_F(StreamMembership, GetsRecordsInOrderAndGivesTheBatchBack) {
    consume(5);
    deliver(0, 1, 3);
    EXPECT_THAT(notes(), ElementsAre("record 5 1 log.1", "record 5 2 log.2", "record 5 3 log.3"));
    EXPECT_THAT(storage_.calls(), ElementsAre("back 1"));
    const Counters counters = running_.counters();
    EXPECT_EQ(counters.routed_messages, 3U);
    EXPECT_EQ(counters.taken_messages, 3U);
}

TEST_F(StreamMembership, PassesOnAttemptAndRedelivery) {
    consume(5);
    source().take_deliveries(std::make_unique<FakeDeliveries>(storage_.member(0), 4, 4, 2));
    running_.settle();
    EXPECT_THAT(notes(), ElementsAre("record 5 4 log.4 again 2"));
}

TEST_F(StreamMembership, WaitsForRoomInTheQueueOfTheClient) {
    consume(5);
    running_.on(client_, [&] { client_.records_taken = 2; });
    deliver(0, 1, 3);
    deliver(0, 4, 4);
    EXPECT_THAT(notes(), ElementsAre("record 5 1 log.1", "record 5 2 log.2"));
    EXPECT_THAT(storage_.calls(), IsEmpty()) << "the window stays closed";
    running_.on(client_, [&] {
        client_.records_taken = 10;
        client_.port.note_queue(0, false);
    });
    running_.settle();
    EXPECT_THAT(notes(), IsEmpty()) << "there is no room";
    running_.on(client_, [&] { client_.port.note_queue(0, true); });
    running_.settle();
    EXPECT_THAT(notes(), ElementsAre("record 5 3 log.3", "record 5 4 log.4"));
    EXPECT_THAT(storage_.calls(), ElementsAre("back 1", "back 4"));
}

TEST_F(StreamMembership, DoesNotKeepOthersFromTheirRecords) {
    PlainClient& other = running_.client(0);
    consume(5);
    running_.on(other, [&] { other.port.consume({.id = 9, .stream = "LOG", .credit = 10}); });
    accept(1);
    (void)running_.notes(other);
    running_.on(client_, [&] { client_.records_taken = 0; });
    deliver(0, 1, 3);
    deliver(1, 4, 4);
    EXPECT_THAT(notes(), IsEmpty());
    EXPECT_THAT(running_.notes(other), ElementsAre("record 9 4 log.4"));
}

TEST_F(StreamMembership, HandsOverInSlices) {
    consume(5);
    running_.on(client_, [&] { client_.verbose = true; });
    deliver(0, 1, 20'000);
    EXPECT_EQ(notes().size(), 20'000U);
    EXPECT_LT(
        running_.at(0, [&] { return client_.shard.snapshot().largest_slice; }),
        20'000U * reactor::work::kDelivery
    );
}

TEST_F(StreamMembership, CountsARecordThatTheClientCannotTake) {
    consume(5);
    running_.on(client_, [&] { client_.sent = broker::not_sent(DropReason::too_large); });
    deliver(0, 1, 2);
    EXPECT_EQ(running_.dropped(DropReason::too_large), 2U);
    EXPECT_THAT(storage_.calls(), ElementsAre("back 1")) << "others are not held up";
    running_.on(client_, [&] { client_.port.unsubscribe(5); });
    EXPECT_THAT(notes(), ElementsAre("unsubscribed 5 delivered 0 dropped 2"));
}

TEST_F(StreamMembership, PassesOnTheOutcomesOfATurnTogether) {
    consume(5);
    running_.on(client_, [&] {
        acknowledge({.subscription = 5, .first = 1, .last = 1});
        acknowledge({.subscription = 5, .first = 2, .last = 4});
        acknowledge(
            {.subscription = 5,
             .first = 5,
             .last = 5,
             .outcome = v1::Acknowledge::NAK,
             .delay = std::chrono::milliseconds(30)}
        );
        acknowledge({.subscription = 5, .first = 7, .last = 7, .outcome = v1::Acknowledge::TERM});
        acknowledge({.subscription = 5, .first = 9, .last = 9, .outcome = v1::Acknowledge::PROGRESS}
        );
        EXPECT_THAT(storage_.calls(), IsEmpty());
    });
    running_.settle();
    EXPECT_THAT(
        storage_.calls(),
        ElementsAre("outcomes ack m0 1-4 nak m0 5-5 after 30 term m0 7-7 progress m0 9-9")
    );
}

TEST_F(StreamMembership, JoinsOnlyOutcomesOfOneMember) {
    consume(5);
    consume(6, 1);
    running_.on(client_, [&] {
        acknowledge({.subscription = 5, .first = 1, .last = 1});
        acknowledge({.subscription = 6, .first = 2, .last = 2});
        acknowledge({.subscription = 7, .first = 3, .last = 3});
    });
    running_.settle();
    EXPECT_THAT(storage_.calls(), ElementsAre("outcomes ack m0 1-1 ack m1 2-2"))
        << "7 is no member";
}

TEST_F(StreamMembership, PassesOnCredit) {
    consume(5);
    running_.on(client_, [&] { client_.port.add_credit(5, 20); });
    EXPECT_THAT(storage_.calls(), ElementsAre("credit m0 20"));
}

TEST_F(StreamMembership, EndsWithUnsubscribe) {
    consume(5);
    running_.on(client_, [&] { client_.records_taken = 1; });
    deliver(0, 1, 2);
    (void)notes();
    running_.on(client_, [&] {
        acknowledge({.subscription = 5, .first = 1, .last = 1});
        client_.port.unsubscribe(5);
    });
    EXPECT_THAT(notes(), ElementsAre("unsubscribed 5 delivered 1 dropped 0"));
    EXPECT_THAT(storage_.calls(), ElementsAre("outcomes ack m0 1-1", "back 1", "detach m0"))
        << "what it acknowledged counts";
    deliver(0, 3, 3);
    EXPECT_THAT(notes(), IsEmpty());
    EXPECT_THAT(storage_.calls(), ElementsAre("back 3"));
}

TEST_F(StreamMembership, IsNotConfusedWithALaterOneOfTheSameId) {
    consume(5);
    running_.on(client_, [&] {
        client_.port.unsubscribe(5);
        client_.port.consume({.id = 5, .stream = "LOG", .credit = 10});
    });
    (void)notes();
    (void)storage_.calls();
    deliver(0, 1, 1);
    accept(0);
    EXPECT_THAT(notes(), IsEmpty());
    EXPECT_THAT(storage_.calls(), ElementsAre("back 1"));
    accept(1);
    deliver(1, 2, 2);
    EXPECT_THAT(notes(), ElementsAre("subscribed 5", "record 5 2 log.2"));
}

TEST_F(StreamMembership, EndsWhenTheClientLeaves) {
    consume(5);
    running_.on(client_, [&] { client_.records_taken = 0; });
    deliver(0, 1, 1);
    running_.leave(client_);
    EXPECT_THAT(storage_.calls(), ElementsAre("back 1", "detach m0"));
    EXPECT_EQ(running_.counters().routed_messages, 0U) << "it was not on its way yet";
    running_.at(0, [&] {
        EXPECT_EQ(running_.exchange().shard(0).account().standing(), 0U);
        EXPECT_EQ(running_.exchange().shard(0).snapshot().subscriptions, 0U);
    });
}

TEST_F(StreamMembership, EndsBeforeTheClientDoes) {
    consume(5);
    running_.on(client_, [&] { client_.port.end_subscriptions(); });
    EXPECT_THAT(storage_.calls(), ElementsAre("detach m0"));
    EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(StreamMembership, EndsWithItsConsumer) {
    consume(5);
    deliver(0, 1, 2);
    (void)notes();
    (void)storage_.calls();
    source().take_detached(storage_.member(0), v1::NO_CONSUMER, "the consumer was removed");
    running_.settle();
    EXPECT_THAT(
        notes(), ElementsAre("refused NO_CONSUMER", "unsubscribed 5 delivered 2 dropped 0")
    );
    EXPECT_THAT(storage_.calls(), IsEmpty()) << "the storage knows";
    running_.on(client_, [&] { EXPECT_FALSE(client_.port.has_subscription(5)); });
}

TEST_F(StreamMembership, EndsWhenTheRightsHaveChanged) {
    consume(5);
    consume(6, 1);
    running_.on(client_, [&] { client_.port.refuse_members(v1::PERMISSION_DENIED, "changed"); });
    EXPECT_THAT(
        notes(),
        ElementsAre(
            "refused PERMISSION_DENIED",
            "unsubscribed 5 delivered 0 dropped 0",
            "refused PERMISSION_DENIED",
            "unsubscribed 6 delivered 0 dropped 0"
        )
    );
    EXPECT_THAT(storage_.calls(), ElementsAre("detach m0", "detach m1"));
}

TEST_F(StreamMembership, StandsBesideSubscriptions) {
    consume(5);
    running_.on(client_, [&] { client_.subscribe(1, "a.>"); });
    running_.settle();
    (void)notes();
    running_.on(client_, [&] {
        EXPECT_EQ(client_.port.subscription_count(), 2U);
        EXPECT_EQ(client_.shard.snapshot().subscriptions, 2U);
        client_.port.unsubscribe(1);
        client_.publish("a.b", "x");
    });
    EXPECT_THAT(notes(), ElementsAre("unsubscribed 1 delivered 0 dropped 0"));
    EXPECT_THAT(storage_.calls(), IsEmpty());
}

TEST_F(StreamMembership, LetsTheStoragePublish) {
    PlainClient& other = running_.client(0);
    running_.on(other, [&] { other.port.record().set_account(3); });
    for (PlainClient* const client : {&client_, &other}) {
        running_.on(*client, [&] { client->subscribe(1, "dead.>"); });
    }
    running_.settle();
    (void)notes();
    (void)running_.notes(other);
    std::string body;
    wire::append_message(body, "dead.letter", "x");
    source().publish(3, "dead.letter", body, false);
    running_.settle();
    EXPECT_THAT(running_.notes(other), ElementsAre("1 dead.letter=x"));
    EXPECT_THAT(notes(), IsEmpty()) << "it is of another account";
}

class StreamMembershipInLittleMemory : public ::testing::Test {};

TEST_F(StreamMembershipInLittleMemory, IsRefused) {
    FakeConsumers storage;
    RunningExchange running(1, {.memory_budget_bytes = 100}, nullptr, &storage);
    PlainClient& client = running.client(0);
    running.on(client, [&] { client.port.consume({.id = 5, .stream = "LOG", .credit = 1}); });
    EXPECT_THAT(running.notes(client), ElementsAre("refused OVER_MEMORY_BUDGET"));
    EXPECT_THAT(storage.calls(), IsEmpty());
}

}  // namespace
}  // namespace telex::exchange
