// Deliveries of consumers, and their outcomes.
#include "unit/storage/consumer_bench.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace telex::storage {
namespace {

using namespace std::chrono_literals;
using Kind = exchange::RecordOutcome::Kind;
using test::ConsumerBench;
using test::member;
using test::Received;
using test::sequences_of;
using test::stream_config;
using Sequences = std::vector<std::uint64_t>;

TEST(Consumers, DeliverOldAndNewMessages) {
    ConsumerBench bench;
    bench.publish("a.b", "1");
    ASSERT_EQ(bench.attach(1), v1::ERROR_CODE_UNSPECIFIED);
    const Received first = bench.members.receive(1).front();
    EXPECT_EQ(first.sequence, 1U);
    EXPECT_EQ(first.subject, "a.b");
    EXPECT_EQ(first.payload, "1");
    EXPECT_EQ(first.attempt, 1U);
    EXPECT_FALSE(first.redelivered);
    bench.publish("a.c", "2");
    EXPECT_EQ(bench.members.receive(1).front().payload, "2");
    EXPECT_EQ(bench.info().in_flight(), 2U);
    bench.settle(1, 1, 2);
    EXPECT_EQ(bench.info().in_flight(), 0U);
    EXPECT_EQ(bench.info().floor(), 2U);
    EXPECT_EQ(bench.info().acknowledged(), 2U);
    EXPECT_EQ(bench.info().lag(), 0U);
}

TEST(Consumers, DeliverOnlyCommittedMessages) {
    ConsumerBench bench;
    bench.attach(1);
    bench.rest();
    bench.running.gate->close();
    const auto batch =
        bench.running.shard().offer(bench.running.engine(), bench.stream, {test::message("a.b")});
    bench.running.gate->await_commit();
    bench.rest();
    EXPECT_TRUE(bench.members.received().empty());
    bench.running.gate->open();
    bench.running.shard().committed(batch);
    EXPECT_EQ(sequences_of(bench.members.receive(1)), Sequences({1}));
}

TEST(Consumers, DeliverAgainAfterTheWait) {
    ConsumerBench bench;
    v1::ConsumerConfig config;
    config.set_ack_wait_ms(10'000);
    bench.attach(1, config);
    bench.publish("a.b");
    bench.members.receive(1);
    bench.running.clock.advance(9s);
    bench.rest();
    EXPECT_TRUE(bench.members.received().empty());
    bench.settle(1, 1, 1, Kind::progress);
    bench.running.clock.advance(9s);
    bench.rest();
    EXPECT_TRUE(bench.members.received().empty());
    bench.running.clock.advance(2s);
    bench.rest();
    const std::vector<Received> again = bench.members.receive(1);
    EXPECT_EQ(again.front().attempt, 2U);
    EXPECT_TRUE(again.front().redelivered);
    EXPECT_EQ(bench.info().redeliveries(), 1U);
    bench.ack(1, 1);
    EXPECT_EQ(bench.info().in_flight(), 0U);
}

TEST(Consumers, DeliverAgainAfterANegativeAcknowledgement) {
    ConsumerBench bench;
    bench.attach(1);
    bench.publish("a.b");
    bench.members.receive(1);
    bench.settle(1, 1, 1, Kind::nak);
    EXPECT_EQ(bench.members.receive(1).front().attempt, 2U);
    bench.settle(1, 1, 1, Kind::nak, 3s);
    bench.running.clock.advance(2s);
    bench.rest();
    EXPECT_TRUE(bench.members.received().empty());
    bench.running.clock.advance(2s);
    bench.rest();
    EXPECT_EQ(bench.members.receive(1).front().attempt, 3U);
}

TEST(Consumers, WaitForCredit) {
    ConsumerBench bench;
    bench.attach(1, {}, 2);
    for (int i = 0; i < 5; ++i) {
        bench.publish("a.b");
    }
    bench.rest();
    EXPECT_EQ(sequences_of(bench.members.received()), Sequences({1, 2}));
    bench.consumers().add_credit(member(1), 2);
    bench.rest();
    EXPECT_EQ(sequences_of(bench.members.received()), Sequences({3, 4}));
}

TEST(Consumers, HaveAWindowOfBytesForEachMember) {
    ConsumerBench bench;
    bench.members.give_back = nullptr;
    const std::string payload(10'000, 'x');
    for (int i = 0; i < 60; ++i) {
        bench.publish("a.b", payload);
    }
    bench.attach(1);
    bench.rest();
    const std::size_t first = bench.members.received().size();
    EXPECT_LE(bench.members.held_bytes(), exchange::kMemberWindow);
    EXPECT_GE(bench.members.held_bytes(), exchange::kMemberWindow - 30'000);
    auto held = bench.members.held();
    for (const auto& batch : held) {
        EXPECT_LE(batch->bytes, 64U * 1024);
    }
    bench.consumers().take_back(std::move(held.front()));
    bench.rest();
    const std::size_t second = bench.members.received().size();
    EXPECT_GT(second, 0U);
    bench.return_batches();
    for (std::size_t i = 1; i < held.size(); ++i) {
        bench.consumers().take_back(std::move(held[i]));
    }
    for (auto& batch : bench.members.held()) {
        bench.consumers().take_back(std::move(batch));
    }
    EXPECT_EQ(bench.members.receive(60 - first - second).back().sequence, 60U);
}

TEST(Consumers, DeliverAMessageThatIsLargerThanTheWindow) {
    ConsumerBench bench;
    bench.publish("a.b", "small");
    bench.publish("a.b", std::string(400'000, 'x'));
    bench.publish("a.b", "small");
    bench.attach(1);
    EXPECT_EQ(sequences_of(bench.members.receive(3)), Sequences({1, 2, 3}));
}

TEST(Consumers, ShareMessagesAmongMembers) {
    ConsumerBench bench;
    bench.attach(1);
    bench.attach(2);
    for (int i = 0; i < 20; ++i) {
        bench.publish("a.b");
    }
    std::set<std::uint64_t> sequences;
    std::set<std::uint32_t> slots;
    for (std::size_t count = 0; count < 20;) {
        for (const Received& record : bench.members.receive(1)) {
            sequences.insert(record.sequence);
            slots.insert(record.member.client.slot);
            ++count;
        }
    }
    EXPECT_EQ(sequences.size(), 20U);
    EXPECT_EQ(slots.size(), 2U);
    EXPECT_EQ(bench.info().members(), 2U);
}

TEST(Consumers, GiveMessagesOfAMemberThatLeavesToOthers) {
    ConsumerBench bench;
    bench.attach(1);
    bench.publish("a.b");
    bench.members.receive(1);
    bench.attach(2);
    bench.consumers().detach(member(1));
    const Received again = bench.members.receive(1).front();
    EXPECT_EQ(again.member, member(2));
    EXPECT_TRUE(again.redelivered);
    // The first member has it no longer.
    bench.ack(1, 1);
    EXPECT_EQ(bench.info().in_flight(), 1U);
    bench.ack(2, 1);
    EXPECT_EQ(bench.info().in_flight(), 0U);
}

TEST(Consumers, IgnoreOutcomesOfOtherMembers) {
    ConsumerBench bench;
    bench.attach(1);
    bench.publish("a.b");
    bench.members.receive(1);
    bench.attach(2);
    bench.settle(2, 1, 100);
    bench.ack(2, 1);
    EXPECT_EQ(bench.info().in_flight(), 1U);
}

TEST(Consumers, WithKeyAffinityKeepTheOrderOfAKey) {
    ConsumerBench bench;
    v1::ConsumerConfig config;
    config.set_key_affinity(true);
    bench.attach(1, config);
    bench.attach(2, config);
    for (int i = 0; i < 3; ++i) {
        bench.publish("a.b");
    }
    const Received first = bench.members.receive(1).front();
    EXPECT_EQ(first.sequence, 1U);
    bench.rest();
    EXPECT_TRUE(bench.members.received().empty());
    for (std::uint64_t sequence = 1; sequence <= 2; ++sequence) {
        bench.ack(first.member.client.slot, sequence);
        const Received next = bench.members.receive(1).front();
        EXPECT_EQ(next.sequence, sequence + 1);
        EXPECT_EQ(next.member, first.member);
    }
}

TEST(Consumers, AcknowledgeAllEarlierMessages) {
    ConsumerBench bench;
    v1::ConsumerConfig config;
    config.set_ack(v1::ConsumerConfig::ALL);
    bench.attach(1, config);
    for (int i = 0; i < 3; ++i) {
        bench.publish("a.b");
    }
    bench.rest();
    bench.ack(1, 2);
    EXPECT_EQ(bench.info().floor(), 2U);
    EXPECT_EQ(bench.info().in_flight(), 1U);
}

TEST(Consumers, WithoutAcknowledgementsSettleByDelivery) {
    ConsumerBench bench;
    v1::ConsumerConfig config;
    config.set_ack(v1::ConsumerConfig::NONE);
    bench.attach(1, config);
    bench.publish("a.b");
    bench.members.receive(1);
    EXPECT_EQ(bench.info().floor(), 1U);
}

TEST(Consumers, SelectByFilters) {
    ConsumerBench bench;
    v1::ConsumerConfig config;
    config.add_filters("a.x");
    config.add_filters("a.y.*");
    bench.attach(1, config);
    for (const char* subject : {"a.b", "a.x", "a.y", "a.y.z", "a.b"}) {
        bench.publish(subject);
    }
    bench.rest();
    EXPECT_EQ(sequences_of(bench.members.received()), Sequences({2, 4}));
    EXPECT_EQ(bench.info().floor(), 1U);
    bench.settle(1, 1, 5);
    EXPECT_EQ(bench.info().floor(), 5U);
}

Sequences started(v1::ConsumerConfig::Start start, std::uint64_t sequence = 0) {
    ConsumerBench bench;
    for (const char* subject : {"a.x", "a.y", "a.x", "a.z"}) {
        bench.publish(subject);
        bench.running.clock.advance(1s);
    }
    v1::ConsumerConfig config;
    config.set_start(start);
    config.set_start_sequence(sequence);
    if (start == v1::ConsumerConfig::TIME) {
        const auto begin = bench.running.clock.wall() - 1'500ms;
        config.set_start_unix_nanoseconds(begin.time_since_epoch().count());
    }
    bench.attach(1, config);
    bench.rest();
    bench.publish("a.y");
    bench.rest();
    return sequences_of(bench.members.received());
}

TEST(Consumers, StartWhereTheirSettingsSay) {
    EXPECT_EQ(started(v1::ConsumerConfig::FIRST), Sequences({1, 2, 3, 4, 5}));
    EXPECT_EQ(started(v1::ConsumerConfig::NEW), Sequences({5}));
    EXPECT_EQ(started(v1::ConsumerConfig::LAST), Sequences({4, 5}));
    EXPECT_EQ(started(v1::ConsumerConfig::LAST_PER_SUBJECT), Sequences({2, 3, 4, 5}));
    EXPECT_EQ(started(v1::ConsumerConfig::SEQUENCE, 3), Sequences({3, 4, 5}));
    EXPECT_EQ(started(v1::ConsumerConfig::TIME), Sequences({4, 5}));
}

TEST(Consumers, SkipRemovedMessages) {
    ConsumerBench bench;
    for (int i = 0; i < 5; ++i) {
        bench.publish("a.b");
    }
    ASSERT_TRUE(bench.running.engine().erase("", "s", 2));
    bench.attach(1);
    bench.rest();
    EXPECT_EQ(sequences_of(bench.members.received()), Sequences({1, 3, 4, 5}));
    ASSERT_TRUE(bench.running.engine().erase("", "s", 4));
    EXPECT_EQ(bench.info().in_flight(), 3U);
    ASSERT_TRUE(bench.running.engine().purge("", "s", {}));
    EXPECT_EQ(bench.info().in_flight(), 0U);
    EXPECT_EQ(bench.info().floor(), 5U);
}

TEST(Consumers, PauseAndGoOn) {
    ConsumerBench bench;
    bench.attach(1);
    ASSERT_TRUE(bench.running.engine().pause_consumer({"", "s", "c"}, 10s));
    bench.publish("a.b");
    bench.rest();
    EXPECT_TRUE(bench.members.received().empty());
    EXPECT_EQ(bench.info().paused_ms(), 10'000U);
    bench.running.clock.advance(11s);
    bench.rest();
    EXPECT_EQ(sequences_of(bench.members.received()), Sequences({1}));
    ASSERT_TRUE(bench.running.engine().pause_consumer({"", "s", "c"}, 10s));
    bench.publish("a.b");
    ASSERT_TRUE(bench.running.engine().pause_consumer({"", "s", "c"}, 0s));
    bench.rest();
    EXPECT_EQ(sequences_of(bench.members.received()), Sequences({2}));
}

TEST(Consumers, EndWithTheStream) {
    ConsumerBench bench;
    bench.attach(1);
    ASSERT_TRUE(bench.running.engine().remove("", "s"));
    EXPECT_EQ(bench.members.detached(member(1)), v1::NO_CONSUMER);
    EXPECT_EQ(bench.attach(2), v1::NO_CONSUMER);
}

TEST(Consumers, EndByCommand) {
    ConsumerBench bench;
    bench.attach(1);
    ASSERT_TRUE(bench.running.engine().remove_consumer({"", "s", "c"}));
    EXPECT_EQ(bench.members.detached(member(1)), v1::NO_CONSUMER);
    EXPECT_TRUE(bench.running.store().cursors(bench.stream)->empty());
    const auto gone = bench.running.engine().consumer_info({"", "s", "c"});
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, v1::CONSUMER_NOT_FOUND);
}

TEST(Consumers, WithoutANameEndWithTheirMember) {
    ConsumerBench bench;
    ConsumerBench::Attach attach = ConsumerBench::attach_of(1);
    attach.consumer.clear();
    ASSERT_EQ(bench.attach(attach), v1::ERROR_CODE_UNSPECIFIED);
    bench.publish("a.b");
    bench.members.receive(1);
    ASSERT_EQ(bench.running.engine().list_consumers("", "s")->size(), 1U);
    EXPECT_FALSE(bench.running.engine().list_consumers("", "s")->front().durable());
    bench.consumers().detach(member(1));
    EXPECT_TRUE(bench.running.engine().list_consumers("", "s")->empty());
    EXPECT_TRUE(bench.running.store().cursors(bench.stream)->empty());
}

TEST(Consumers, AreListedOverAllStreams) {
    ConsumerBench bench;
    ASSERT_EQ(bench.attach(1), v1::ERROR_CODE_UNSPECIFIED);
    ConsumerBench::Attach nameless = ConsumerBench::attach_of(2);
    nameless.consumer.clear();
    ASSERT_EQ(bench.attach(nameless), v1::ERROR_CODE_UNSPECIFIED);
    const auto first = bench.running.engine().first_consumers(5);
    EXPECT_EQ(first->total, 2U);
    ASSERT_EQ(first->durable.size(), 1U) << "one ends with its connection";
    EXPECT_EQ(first->durable.front().account, "");
    EXPECT_EQ(first->durable.front().info.stream(), "s");
    EXPECT_EQ(first->durable.front().info.name(), "c");
    const auto none = bench.running.engine().first_consumers(0);
    EXPECT_EQ(none->total, 2U);
    EXPECT_TRUE(none->durable.empty());
}

TEST(Consumers, EndAfterTheInactivityTime) {
    ConsumerBench bench;
    v1::ConsumerConfig config;
    config.set_inactivity_ms(60'000);
    bench.attach(1, config);
    bench.consumers().detach(member(1));
    bench.rest();
    bench.running.clock.advance(59s);
    bench.rest();
    EXPECT_EQ(bench.running.engine().list_consumers("", "s")->size(), 1U);
    bench.running.clock.advance(2s);
    bench.rest();
    EXPECT_TRUE(bench.running.engine().list_consumers("", "s")->empty());
}

TEST(Consumers, RefuseOtherSettings) {
    ConsumerBench bench;
    bench.attach(1);
    v1::ConsumerConfig other;
    other.set_max_deliveries(3);
    EXPECT_EQ(bench.attach(2, other), v1::BAD_CONSUMER);
    EXPECT_EQ(bench.members.attach_text(member(2)), "consumer 'c' exists with other settings");
    ConsumerBench::Attach unknown = ConsumerBench::attach_of(3);
    unknown.consumer = "d";
    unknown.creates = false;
    EXPECT_EQ(bench.attach(unknown), v1::NO_CONSUMER);
    ConsumerBench::Attach present = ConsumerBench::attach_of(4);
    present.creates = false;
    EXPECT_EQ(bench.attach(present), v1::ERROR_CODE_UNSPECIFIED);
}

TEST(Consumers, RequireRights) {
    ConsumerBench bench;
    ConsumerBench::Attach attach = ConsumerBench::attach_of(1);
    attach.may_subscribe = [](std::string_view filter) { return filter == "a.x"; };
    EXPECT_EQ(bench.attach(attach), v1::PERMISSION_DENIED);
    v1::ConsumerConfig config;
    config.add_filters("a.x");
    config.set_dead_letter_subject("dead");
    attach = ConsumerBench::attach_of(2, config);
    attach.may_publish = [](std::string_view /*subject*/) { return false; };
    EXPECT_EQ(bench.attach(attach), v1::PERMISSION_DENIED);
    EXPECT_NE(bench.members.attach_text(member(2)).find("dead_letter_subject"), std::string::npos);
}

TEST(Consumers, SkipMessagesThatTheirCreatorMayNotRead) {
    ConsumerBench bench;
    ConsumerBench::Attach attach = ConsumerBench::attach_of(1);
    attach.may_subscribe = [](std::string_view subject) { return subject != "a.secret"; };
    ASSERT_EQ(bench.attach(attach), v1::ERROR_CODE_UNSPECIFIED);
    bench.publish("a.secret");
    bench.publish("a.b");
    EXPECT_EQ(sequences_of(bench.members.receive(1)), Sequences({2}));
}

TEST(Consumers, DetachMembersThatMayNotReadAMessage) {
    ConsumerBench bench;
    ConsumerBench::Attach attach = ConsumerBench::attach_of(2);
    ASSERT_EQ(bench.attach(1, {}, 0), v1::ERROR_CODE_UNSPECIFIED);
    attach.may_subscribe = [](std::string_view subject) { return subject != "a.secret"; };
    ASSERT_EQ(bench.attach(attach), v1::ERROR_CODE_UNSPECIFIED);
    bench.publish("a.b");
    EXPECT_EQ(bench.members.receive(1).front().member, member(2));
    bench.publish("a.secret");
    EXPECT_EQ(bench.members.detached(member(2)), v1::PERMISSION_DENIED);
    bench.consumers().add_credit(member(1), 10);
    bench.rest();
    EXPECT_EQ(bench.members.received().size(), 2U);
}

TEST(Consumers, IgnoreBatchesOfAnEarlierMemberWithTheSameNumber) {
    ConsumerBench bench;
    bench.members.give_back = nullptr;
    bench.attach(1);
    bench.publish("a.b", std::string(1'000, 'x'));
    bench.members.receive(1);
    auto held = bench.members.held();
    bench.consumers().detach(member(1));
    ConsumerBench::Attach other = ConsumerBench::attach_of(1);
    other.consumer = "d";
    bench.consumers().attach(other);
    bench.rest();
    bench.consumers().take_back(std::move(held.front()));
    bench.rest();
    EXPECT_LE(bench.members.held_bytes(), exchange::kMemberWindow);
    bench.publish("a.b");
    EXPECT_EQ(bench.members.receive(2).back().sequence, 2U);
}

}  // namespace
}  // namespace telex::storage
