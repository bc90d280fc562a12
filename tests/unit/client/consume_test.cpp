// Members of consumers: what is asked for, what arrives, what is acknowledged.
#include "unit/client/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <future>
#include <string>
#include <utility>

namespace telex::test {
namespace {

// Reads a Consume, confirms it and returns it.
v1::Consume confirm_consume(FakePeer& peer) {
    const v1::Consume consume = peer.read().consume();
    v1::Frame subscribed;
    subscribed.mutable_subscribed()->set_subscription(consume.subscription());
    peer.send(subscribed);
    return consume;
}

void deliver_record(
    FakePeer& peer, std::uint64_t subscription, std::uint64_t sequence, std::uint32_t attempt = 1
) {
    v1::Frame frame;
    frame.set_subscription(subscription);
    frame.mutable_message()->set_subject("log.a");
    frame.mutable_message()->set_payload(std::to_string(sequence));
    v1::Position& position = *frame.mutable_position();
    position.set_sequence(sequence);
    position.set_unix_nanoseconds(1'000);
    position.set_attempt(attempt);
    position.set_redelivered(attempt > 1);
    peer.send(frame);
}

// A client with a member of the consumer "workers".
class Consumers : public ::testing::Test {
protected:
    void consume(const ConsumeOptions& options = {}) {
        auto consuming =
            meanwhile([&] { return pair_.client->consume("LOG", "workers", options); });
        id_ = confirm_consume(pair_.peer).subscription();
        consumer_ = consuming.get().value();
    }

    void consume_by(ConsumedHandler handler) {
        auto consuming =
            meanwhile([&] { return pair_.client->consume("LOG", "workers", std::move(handler)); });
        id_ = confirm_consume(pair_.peer).subscription();
        consumer_ = consuming.get().value();
    }

    void deliver(std::uint64_t sequence) { deliver_record(pair_.peer, id_, sequence); }

    ConsumedMessage take() { return consumer_.next(10s).value(); }

    v1::Acknowledge acknowledged() {
        return pair_.peer.read_until(v1::Frame::kAcknowledge).acknowledge();
    }

    // Reads acknowledgements from the first message until that of `last`: each message has one.
    void expect_acknowledged(std::uint64_t last) {
        for (std::uint64_t through = 0; through < last;) {
            const v1::Acknowledge outcome = acknowledged();
            EXPECT_EQ(outcome.sequence(), through + 1);
            through = std::max(outcome.sequence(), outcome.through());
        }
    }

    // Ends the connection and makes a new one, on which the membership is renewed.
    v1::Consume reconnect() {
        pair_.peer.close();
        pair_.peer = pair_.server.accept_client();
        return confirm_consume(pair_.peer);
    }

    Pair pair_;
    Consumer consumer_;
    std::uint64_t id_ = 0;
};

TEST_F(Consumers, AreAskedForWithTheirSettings) {
    ConsumeOptions options;
    options.credit = 7;
    options.create = ConsumerSettings{
        .filters = {"log.>", "x"},
        .ack = AckPolicy::all,
        .start = ConsumerStart::sequence,
        .start_sequence = 12,
        .start_time = std::chrono::system_clock::time_point(1s),
        .max_in_flight = 13,
        .ack_wait = 14ms,
        .back_off = {15ms, 1s},
        .max_deliveries = 16,
        .dead_letter_subject = "dead",
        .inactivity = 17ms,
        .key_affinity = true,
        .max_in_flight_per_key = 18
    };
    auto consuming = meanwhile([&] { return pair_.client->consume("LOG", "workers", options); });
    const v1::Consume consume = confirm_consume(pair_.peer);
    EXPECT_TRUE(consuming.get());
    EXPECT_NE(consume.subscription(), 0U);
    EXPECT_EQ(consume.stream(), "LOG");
    EXPECT_EQ(consume.consumer(), "workers");
    EXPECT_EQ(consume.credit(), 7U);
    const v1::ConsumerConfig& config = consume.create();
    EXPECT_THAT(config.filters(), ::testing::ElementsAre("log.>", "x"));
    EXPECT_EQ(config.ack(), v1::ConsumerConfig::ALL);
    EXPECT_EQ(config.start(), v1::ConsumerConfig::SEQUENCE);
    EXPECT_EQ(config.start_sequence(), 12U);
    EXPECT_EQ(config.start_unix_nanoseconds(), 1'000'000'000);
    EXPECT_EQ(config.max_in_flight(), 13U);
    EXPECT_EQ(config.ack_wait_ms(), 14U);
    EXPECT_THAT(config.back_off_ms(), ::testing::ElementsAre(15U, 1'000U));
    EXPECT_EQ(config.max_deliveries(), 16U);
    EXPECT_EQ(config.dead_letter_subject(), "dead");
    EXPECT_EQ(config.inactivity_ms(), 17U);
    EXPECT_TRUE(config.key_affinity());
    EXPECT_EQ(config.max_in_flight_per_key(), 18U);
}

TEST_F(Consumers, MustExistWithoutSettings) {
    auto consuming = meanwhile([&] { return pair_.client->consume("LOG", "workers"); });
    EXPECT_FALSE(confirm_consume(pair_.peer).has_create());
    const auto existing = consuming.get();
    EXPECT_TRUE(existing);
    ConsumeOptions options;
    options.create.emplace();
    auto creating = meanwhile([&] { return pair_.client->consume("LOG", "", options); });
    EXPECT_TRUE(confirm_consume(pair_.peer).has_create()) << "though all are defaults";
    EXPECT_TRUE(creating.get());
}

TEST_F(Consumers, NeedNamesAndCredit) {
    ConsumeOptions options;
    EXPECT_EQ(pair_.client->consume("", "workers").error().code, Errc::invalid_argument);
    EXPECT_EQ(pair_.client->consume("LOG", "").error().code, Errc::invalid_argument);
    options.credit = 0;
    EXPECT_EQ(pair_.client->consume("LOG", "w", options).error().code, Errc::invalid_argument);
    EXPECT_EQ(
        pair_.client->consume("LOG", "w", ConsumedHandler()).error().code, Errc::invalid_argument
    );
}

TEST_F(Consumers, AreRefusedByTheExchange) {
    auto consuming = meanwhile([&] { return pair_.client->consume("LOG", "workers"); });
    const auto id = pair_.peer.read().consume().subscription();
    pair_.peer.send_error(v1::NO_CONSUMER, false, id);
    const auto consumer = consuming.get();
    ASSERT_FALSE(consumer);
    EXPECT_EQ(consumer.error(), (Error{Errc::no_consumer, "because"}));
}

TEST_F(Consumers, BringMessagesWithTheirPlace) {
    consume();
    deliver_record(pair_.peer, id_, 41, 3);
    const ConsumedMessage message = take();
    EXPECT_EQ(message.message.subject, "log.a");
    EXPECT_EQ(message.message.payload, "41");
    EXPECT_EQ(message.sequence, 41U);
    EXPECT_EQ(message.attempt, 3U);
    EXPECT_TRUE(message.redelivered);
    EXPECT_EQ(message.time.time_since_epoch(), 1us);
}

TEST_F(Consumers, SendEachOutcome) {
    consume();
    deliver(41);
    const ConsumedMessage message = take();
    ASSERT_TRUE(message.in_progress());
    EXPECT_EQ(acknowledged().outcome(), v1::Acknowledge::PROGRESS);
    ASSERT_TRUE(message.nak(30ms));
    v1::Acknowledge outcome = acknowledged();
    EXPECT_EQ(outcome.outcome(), v1::Acknowledge::NAK);
    EXPECT_EQ(outcome.delay_ms(), 30U);
    ASSERT_TRUE(message.term());
    EXPECT_EQ(acknowledged().outcome(), v1::Acknowledge::TERM);
    ASSERT_TRUE(message.ack());
    outcome = acknowledged();
    EXPECT_EQ(outcome.outcome(), v1::Acknowledge::ACK);
    EXPECT_EQ(outcome.subscription(), id_);
    EXPECT_EQ(outcome.sequence(), 41U);
    EXPECT_EQ(outcome.through(), 0U);
    EXPECT_FALSE(message.nak(-1ms));
}

TEST_F(Consumers, AcknowledgeEveryMessageOnce) {
    consume();
    for (std::uint64_t sequence = 1; sequence <= 200; ++sequence) {
        deliver(sequence);
    }
    for (int taken = 0; taken < 200; ++taken) {
        ASSERT_TRUE(take().ack());
    }
    expect_acknowledged(200);
}

TEST_F(Consumers, PassMessagesToAHandler) {
    Collected<std::uint64_t> sequences;
    consume_by([&](const ConsumedMessage& message) {
        sequences.add(message.sequence);
        EXPECT_TRUE(message.ack());
    });
    deliver(1);
    deliver(2);
    EXPECT_THAT(sequences.wait(2), ::testing::ElementsAre(1U, 2U));
    expect_acknowledged(2);
}

TEST_F(Consumers, StandBesideSubscriptionsWithAHandler) {
    Collected<std::string> payloads;
    consume_by([&](const ConsumedMessage& message) {
        payloads.add(std::to_string(message.sequence));
    });
    auto subscribing = meanwhile([&] {
        return pair_.client->subscribe("s", [&](const Message& message) {
            EXPECT_EQ(message.place, nullptr);
            payloads.add(message.payload);
        });
    });
    const auto other = pair_.peer.confirm_subscribe().subscription();
    const Subscription subscription = subscribing.get().value();
    deliver(1);
    pair_.peer.deliver(other, "s", "plain");
    deliver(2);
    EXPECT_THAT(payloads.wait(3), ::testing::ElementsAre("1", "plain", "2"));
}

TEST_F(Consumers, ReturnCreditForWhatIsTaken) {
    ConsumeOptions options;
    options.credit = 4;
    consume(options);
    deliver(1);
    deliver(2);
    (void)take();
    (void)take();
    const v1::Credit credit = pair_.peer.read_until(v1::Frame::kCredit).credit();
    EXPECT_EQ(credit.subscription(), id_);
    EXPECT_EQ(credit.messages(), 2U);
}

TEST_F(Consumers, SendOutcomesBeforeTheEnd) {
    consume();
    deliver(1);
    ASSERT_TRUE(take().ack());
    ASSERT_TRUE(consumer_.unsubscribe());
    EXPECT_EQ(pair_.peer.read().acknowledge().sequence(), 1U);
    EXPECT_EQ(pair_.peer.read().unsubscribe().subscription(), id_);
}

TEST_F(Consumers, SendOutcomesBeforeTheClientCloses) {
    consume();
    deliver(1);
    ASSERT_TRUE(take().ack());
    auto closing = meanwhile([&] { pair_.client->close(); });
    EXPECT_EQ(pair_.peer.read().acknowledge().sequence(), 1U);
    (void)pair_.peer.read_until(v1::Frame::kGoodbye);
    pair_.peer.close();
    closing.get();
}

TEST_F(Consumers, AreRenewedAfterAReconnect) {
    ConsumeOptions options;
    options.create.emplace();
    consume(options);
    const v1::Consume again = reconnect();
    EXPECT_EQ(again.subscription(), id_);
    EXPECT_EQ(again.consumer(), "workers");
    EXPECT_TRUE(again.has_create());
    deliver(5);
    const ConsumedMessage message = take();
    EXPECT_EQ(message.sequence, 5U);
    ASSERT_TRUE(message.ack());
    EXPECT_EQ(acknowledged().sequence(), 5U);
}

TEST_F(Consumers, DoNotAcknowledgeMessagesOfALostConnection) {
    consume();
    deliver(1);
    const ConsumedMessage message = take();
    (void)reconnect();
    deliver_record(pair_.peer, id_, 1, 2);
    const ConsumedMessage again = take();
    EXPECT_EQ(message.ack().error().code, Errc::disconnected);
    ASSERT_TRUE(again.ack());
    EXPECT_EQ(acknowledged().sequence(), 1U);
    EXPECT_TRUE(pair_.peer.silent_for(20));
}

TEST_F(Consumers, DiscardMessagesOfALostConnection) {
    ConsumeOptions options;
    options.credit = 4;
    consume(options);
    Collected<int> ready;
    ASSERT_TRUE(consumer_.notify_when_ready([&] { ready.add(1); }));
    deliver(1);
    ASSERT_EQ(ready.wait(1).size(), 1U);
    EXPECT_EQ(reconnect().credit(), 3U) << "the message is not taken yet";
    deliver_record(pair_.peer, id_, 1, 2);
    EXPECT_TRUE(take().redelivered);
    EXPECT_EQ(pair_.peer.read_until(v1::Frame::kCredit).credit().messages(), 2U)
        << "for both of them";
}

TEST_F(Consumers, DoNotPassMessagesOfALostConnectionToTheHandler) {
    Collected<std::uint32_t> attempts;
    std::promise<void> go;
    // The handler may still wait when the test ends: it has a copy of the future.
    consume_by([&attempts, gate = go.get_future().share()](const ConsumedMessage& message) {
        attempts.add(message.attempt);
        gate.wait();
    });
    deliver(1);
    ASSERT_EQ(attempts.wait(1).size(), 1U);
    deliver(2);
    v1::Frame flush;  // the client has read what came before
    flush.mutable_ping()->set_nonce(1);
    pair_.peer.send(flush);
    (void)pair_.peer.read_until(v1::Frame::kPong);
    (void)reconnect();
    deliver_record(pair_.peer, id_, 2, 2);
    go.set_value();
    EXPECT_THAT(attempts.wait(2), ::testing::ElementsAre(1U, 2U));
}

TEST_F(Consumers, WithoutANameEndWithTheConnection) {
    ConsumeOptions options;
    options.create.emplace();
    auto consuming = meanwhile([&] { return pair_.client->consume("LOG", "", options); });
    (void)confirm_consume(pair_.peer);
    consumer_ = consuming.get().value();
    pair_.peer.close();
    EXPECT_EQ(consumer_.next(10s).error().code, Errc::disconnected);
    pair_.peer = pair_.server.accept_client();
    EXPECT_TRUE(pair_.peer.silent_for(20));
}

TEST_F(Consumers, EndWhenTheExchangeEndsThem) {
    consume();
    pair_.peer.send_error(v1::NO_CONSUMER, false, id_);
    v1::Frame unsubscribed;
    unsubscribed.mutable_unsubscribed()->set_subscription(id_);
    pair_.peer.send(unsubscribed);
    EXPECT_EQ(consumer_.next(10s).error().code, Errc::subscription_ended);
    EXPECT_FALSE(consumer_.active());
}

TEST_F(Consumers, CannotAcknowledgeAfterTheirEnd) {
    consume();
    deliver(1);
    const ConsumedMessage message = take();
    ASSERT_TRUE(consumer_.unsubscribe());
    EXPECT_EQ(message.ack().error().code, Errc::subscription_ended);
    EXPECT_EQ(ConsumedMessage(Message()).ack().error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace telex::test
