// Records that a consumer gives up.
#include "unit/storage/consumer_bench.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

namespace telex::storage {
namespace {

using namespace std::chrono_literals;
using Kind = exchange::RecordOutcome::Kind;
using test::ConsumerBench;
using test::DeadCopy;
using test::stream_config;

v1::ConsumerConfig dead_config() {
    v1::ConsumerConfig config;
    config.set_max_deliveries(2);
    config.set_dead_letter_subject("dead.c");
    return config;
}

std::map<std::string, std::string> headers_of(const v1::Message& message) {
    std::map<std::string, std::string> headers;
    for (const v1::Header& header : message.headers()) {
        headers[header.name()] = header.value();
    }
    return headers;
}

TEST(DeadLetters, ArePublishedAfterTheLastAttempt) {
    ConsumerBench bench;
    bench.attach(1, dead_config());
    bench.publish("a.b", "payload");
    for (int attempt = 0; attempt < 2; ++attempt) {
        bench.members.receive(1);
        bench.settle(1, 1, 1, Kind::nak);
    }
    const DeadCopy copy = bench.members.dead_copy();
    EXPECT_EQ(copy.subject, "dead.c");
    EXPECT_FALSE(copy.stored);
    EXPECT_EQ(copy.message.subject(), "dead.c");
    EXPECT_EQ(copy.message.payload(), "payload");
    EXPECT_EQ(copy.message.id(), "s/c/1");
    const auto headers = headers_of(copy.message);
    EXPECT_EQ(headers.at("Telex-Dead-Reason"), "max_deliveries");
    EXPECT_EQ(headers.at("Telex-Dead-Attempts"), "2");
    EXPECT_EQ(headers.at("Telex-Dead-Stream"), "s");
    EXPECT_EQ(headers.at("Telex-Dead-Consumer"), "c");
    EXPECT_EQ(headers.at("Telex-Dead-Sequence"), "1");
    EXPECT_EQ(headers.at("Telex-Dead-Subject"), "a.b");
    bench.rest();
    EXPECT_EQ(bench.info().in_flight(), 0U);
    EXPECT_EQ(bench.info().dead_letters(), 1U);
}

TEST(DeadLetters, AreStoredByAStream) {
    ConsumerBench bench;
    bench.running.create(stream_config("graves", {"dead.>"}));
    bench.attach(1, dead_config());
    bench.publish("a.b", "payload");
    bench.members.receive(1);
    bench.settle(1, 1, 1, Kind::term);
    const DeadCopy copy = bench.members.dead_copy();
    EXPECT_TRUE(copy.stored);
    EXPECT_EQ(headers_of(copy.message).at("Telex-Dead-Reason"), "terminated");
    EXPECT_EQ(bench.running.payload("graves", 1), "payload");
    bench.rest();
    EXPECT_EQ(bench.info().in_flight(), 0U);
}

TEST(DeadLetters, StayInFlightUntilTheirCopyIsStored) {
    ConsumerBench bench;
    bench.running.create(stream_config("graves", {"dead.>"}));
    bench.attach(1, dead_config());
    bench.publish("a.b", "payload");
    bench.members.receive(1);
    bench.running.gate->set_state(store::StoreState::full);
    bench.settle(1, 1, 1, Kind::term);
    bench.rest();
    EXPECT_EQ(bench.info().in_flight(), 1U);
    EXPECT_EQ(bench.running.info("graves").messages(), 0U);
    bench.running.gate->set_state(store::StoreState::ok);
    bench.running.clock.advance(6s);
    bench.rest();
    bench.members.dead_copy();
    bench.rest();
    EXPECT_EQ(bench.info().in_flight(), 0U);
    EXPECT_EQ(bench.running.payload("graves", 1), "payload");
}

TEST(DeadLetters, WithoutASubjectAreSettled) {
    ConsumerBench bench;
    v1::ConsumerConfig config;
    config.set_max_deliveries(1);
    bench.attach(1, config);
    bench.publish("a.b");
    bench.members.receive(1);
    bench.settle(1, 1, 1, Kind::nak);
    bench.rest();
    EXPECT_EQ(bench.info().in_flight(), 0U);
    EXPECT_EQ(bench.info().dead_letters(), 1U);
}

}  // namespace
}  // namespace telex::storage
