// Messages that streams store: offered first, routed when they are accepted.
#include "support/fake_storage.hpp"
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::FakeStorage;
using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Row = CaptureTable::Row;

class StreamCaptures : public ::testing::Test {
protected:
    explicit StreamCaptures(ExchangeOptions options = {}) : running_(2, options, &storage_) {
        capture({{.stream = 7, .filter = "log.>", .name = "LOG"}});
    }

    // The streams from now on, on both reactors.
    void capture(std::vector<Row> rows) {
        const auto table = std::make_shared<const CaptureTable>(CaptureTable{std::move(rows)});
        for (std::size_t i = 0; i < running_.exchange().shard_count(); ++i) {
            std::promise<void> done;
            running_.exchange().shard(i).capture().use_captures(table, [&] { done.set_value(); });
            done.get_future().get();
        }
    }

    void subscribe(PlainClient& member, std::string_view filter) {
        running_.on(member, [&] { member.subscribe(1, filter); });
        running_.settle();
        (void)running_.notes(member);
    }

    void publish(std::string_view subject, std::string_view payload) {
        running_.on(publisher_, [&] { publisher_.publish(subject, payload); });
        running_.settle();
    }

    void publish_durably(std::string_view subject, std::string_view payload, std::uint64_t id) {
        running_.on(publisher_, [&] {
            publisher_.publish_with(subject, payload, {.durable = id});
        });
        running_.settle();
    }

    void decide(const FakeStorage::Decide& decide = {}) {
        storage_.decide(running_.exchange(), decide);
        running_.settle();
    }

    void commit(v1::ErrorCode failure = v1::ERROR_CODE_UNSPECIFIED) {
        storage_.commit(running_.exchange(), failure);
        running_.settle();
    }

    static FakeStorage::Decide always(StreamDecision decision) {
        return [decision](const OfferedMessage&, const wire::MessageView&) { return decision; };
    }

    bool has_open_work(std::size_t shard = 0) {
        return running_.at(shard, [&] { return running_.exchange().shard(shard).has_open_work(); });
    }

    std::uint64_t refused(v1::ErrorCode code) {
        return running_.counters().refused_publications[static_cast<std::size_t>(code)];
    }

    FakeStorage storage_;
    RunningExchange running_;
    PlainClient& publisher_ = running_.client(0);
    PlainClient& near_ = running_.client(0);
    PlainClient& far_ = running_.client(1);
};

TEST_F(StreamCaptures, RouteAMessageOnceItIsAccepted) {
    subscribe(near_, "log.>");
    subscribe(far_, "log.>");
    publish("log.a", "x");
    EXPECT_THAT(storage_.offers(), ElementsAre("7 log.a"));
    EXPECT_THAT(running_.notes(near_), IsEmpty());
    EXPECT_THAT(running_.notes(far_), IsEmpty());
    EXPECT_TRUE(has_open_work());
    decide();
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 log.a=x"));
    EXPECT_THAT(running_.notes(far_), ElementsAre("1 log.a=x"));
    EXPECT_FALSE(has_open_work());
    EXPECT_THAT(storage_.offers(), IsEmpty()) << "the other reactor does not offer it again";
    const Counters counters = running_.counters();
    EXPECT_EQ(counters.received_messages, 1U);
    EXPECT_EQ(counters.captured_messages, 1U);
    EXPECT_EQ(counters.taken_messages, 2U);
}

TEST_F(StreamCaptures, OfferOnlyTheSubjectsOfStreams) {
    subscribe(near_, ">");
    publish("other", "x");
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 other=x"));
    EXPECT_EQ(storage_.waiting(), 0U);
    EXPECT_EQ(running_.counters().captured_messages, 0U);
}

TEST_F(StreamCaptures, FindTheStreamOfEachSubject) {
    capture(
        {{.stream = 1, .filter = "a.*", .name = "A"},
         {.stream = 2, .filter = "b", .name = "B"},
         {.stream = 1, .filter = "c.>", .name = "A"}}
    );
    for (int round = 0; round < 3; ++round) {  // from the trie, then from the cache
        running_.on(publisher_, [&] {
            for (const char* subject : {"a.x", "b", "a.x.y", "c.x.y", "b.c"}) {
                publisher_.publish(subject, "");
            }
        });
        running_.settle();
        EXPECT_THAT(storage_.offers(), ElementsAre("1 a.x", "2 b", "1 c.x.y"));
        decide();
    }
}

TEST_F(StreamCaptures, StoreMessagesOfTheirAccountOnly) {
    capture({{.stream = 1, .account = 3, .filter = ">", .name = "THREE"}});
    publish("log.a", "x");
    EXPECT_EQ(storage_.waiting(), 0U);
    running_.on(publisher_, [&] { publisher_.port.record().set_account(3); });
    publish("log.a", "x");
    EXPECT_THAT(storage_.offers(), ElementsAre("1 log.a"));
}

TEST_F(StreamCaptures, OfferTheMessagesOfATurnTogether) {
    running_.on(publisher_, [&] {
        publisher_.publish("log.a", "1");
        publisher_.publish("log.b", "2");
    });
    running_.settle();
    EXPECT_EQ(storage_.waiting(), 1U);
    publish("log.c", "3");
    EXPECT_EQ(storage_.waiting(), 2U);
}

TEST_F(StreamCaptures, KeepTheOrderOfAPublisher) {
    subscribe(near_, "log.>");
    for (const char* payload : {"1", "2", "3"}) {
        publish("log.a", payload);
    }
    decide();
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 log.a=1", "1 log.a=2", "1 log.a=3"));
}

TEST_F(StreamCaptures, KeepLargeBodiesByReference) {
    std::string body;
    wire::append_message(body, "log.a", std::string(4'000, 'x'));
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(body.size()));
    body.copy(chunk->data(), body.size());
    const ByteView bytes(chunk->data(), body.size());
    running_.on(publisher_, [&] {
        publisher_.port.publish({wire::scan_message(bytes).value(), &chunk});
        EXPECT_FALSE(chunk->unique());
    });
    running_.settle();
    decide([&](const OfferedMessage& offer, const wire::MessageView&) {
        EXPECT_EQ(offer.body.data(), bytes.data());
        return StreamDecision{};
    });
    running_.at(0, [&] { EXPECT_TRUE(chunk->unique()); });
}

TEST_F(StreamCaptures, DoNotDeliverARefusedMessage) {
    subscribe(near_, "log.>");
    subscribe(far_, "log.>");
    publish("log.a", "x");
    decide(always({.code = v1::STREAM_FULL, .text = "full"}));
    EXPECT_THAT(running_.notes(near_), IsEmpty());
    EXPECT_THAT(running_.notes(far_), IsEmpty());
    EXPECT_EQ(refused(v1::STREAM_FULL), 1U);
    EXPECT_EQ(running_.counters().unrouted_messages, 0U);
    EXPECT_FALSE(has_open_work());
}

TEST_F(StreamCaptures, DeliverADuplicateOnce) {
    subscribe(near_, "log.>");
    publish("log.a", "x");
    decide(always({.sequence = 1, .duplicate = true}));
    EXPECT_THAT(running_.notes(near_), IsEmpty());
    EXPECT_EQ(refused(v1::ERROR_CODE_UNSPECIFIED), 0U);
}

TEST_F(StreamCaptures, RouteAMessageWhoseStreamWasRemoved) {
    subscribe(near_, "log.>");
    publish("log.a", "x");
    decide(always({.code = v1::NO_STREAM}));
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 log.a=x"));
    EXPECT_EQ(refused(v1::NO_STREAM), 0U);
}

TEST_F(StreamCaptures, CountAcceptedMessagesWithoutSubscribers) {
    publish("log.a", "x");
    EXPECT_EQ(running_.counters().unrouted_messages, 0U);
    decide();
    EXPECT_EQ(running_.counters().unrouted_messages, 1U);
}

TEST_F(StreamCaptures, EndWithTheirTable) {
    subscribe(near_, "log.>");
    publish("log.a", "1");
    capture({});
    publish("log.a", "2");
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 log.a=2"));
    decide();
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 log.a=1"));
}

TEST_F(StreamCaptures, UseATableBetweenTwoMessagesOfATurn) {
    running_.on(publisher_, [&] {
        publisher_.publish("log.a", "1");
        publisher_.shard.capture().use_captures(
            std::make_shared<const CaptureTable>(
                CaptureTable{{{.stream = 8, .filter = "log.*", .name = "NEW"}}}
            ),
            [&] { publisher_.publish("log.a", "2"); }
        );
    });
    running_.settle();
    EXPECT_THAT(storage_.offers(), ElementsAre("7 log.a", "8 log.a"));
    EXPECT_EQ(storage_.waiting(), 2U) << "the rows of a batch are of one table";
    decide();
}

TEST_F(StreamCaptures, RouteMessagesOfAClientThatHasLeft) {
    subscribe(near_, "log.>");
    publish("log.a", "x");
    publish_durably("log.b", "y", 5);
    running_.leave(publisher_);
    decide();
    commit();
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 log.a=x", "1 log.b=y"));
    EXPECT_FALSE(has_open_work());
}

// --- publications with options ------------------------------------------------------------------

TEST_F(StreamCaptures, StoreUnderTheSubjectThatAMessageIsRoutedBy) {
    subscribe(near_, "log.b");
    running_.on(publisher_, [&] {
        publisher_.publish_with("shown", "x", {.route_by = "log.b", .reply_to = "back"});
    });
    running_.settle();
    EXPECT_THAT(storage_.offers(), ElementsAre("7 log.b"));
    decide();
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 shown=x"));
    EXPECT_THAT(near_.reply_subjects, ElementsAre("back"));
}

TEST_F(StreamCaptures, KeepTheReplySubjectOfAMessage) {
    subscribe(near_, "log.>");
    running_.on(publisher_, [&] { publisher_.publish("log.a", "x", "back"); });
    running_.settle();
    decide();
    EXPECT_THAT(near_.reply_subjects, ElementsAre("back"));
}

TEST_F(StreamCaptures, EchoWhenAskedTo) {
    broker::SubscriptionSpec quiet;
    quiet.id = 2;
    quiet.filter = "log.>";
    quiet.no_echo = true;
    running_.on(publisher_, [&] { publisher_.port.subscribe(quiet); });
    running_.settle();
    (void)running_.notes(publisher_);
    publish("log.a", "own");
    running_.on(publisher_, [&] { publisher_.publish_with("log.a", "echo", {.echoes = true}); });
    running_.settle();
    decide();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("2 log.a=echo"));
}

TEST_F(StreamCaptures, ConfirmWithTheReceiversOfAllReactors) {
    subscribe(near_, "log.>");
    subscribe(far_, "log.>");
    running_.on(publisher_, [&] { publisher_.publish_with("log.a", "x", {.confirmation = 4}); });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    decide();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("published 4 to 2"));
}

TEST_F(StreamCaptures, ConfirmNoReceiversOfARefusedMessageAndOfADuplicate) {
    subscribe(near_, "log.>");
    running_.on(publisher_, [&] {
        publisher_.publish_with("log.a", "x", {.confirmation = 4});
        publisher_.publish_with("log.a", "y", {.confirmation = 5});
    });
    running_.settle();
    decide([](const OfferedMessage&, const wire::MessageView& message) {
        return message.payload == "x" ? StreamDecision{.code = v1::STREAM_FULL}
                                      : StreamDecision{.sequence = 1, .duplicate = true};
    });
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("published 4 to 0", "published 5 to 0"));
}

// --- requests -----------------------------------------------------------------------------------

TEST_F(StreamCaptures, RouteARequestOnceItIsAccepted) {
    subscribe(far_, "log.>");
    running_.on(publisher_, [&] { publisher_.request("log.a", "q", 9); });
    running_.settle();
    EXPECT_THAT(storage_.offers(), ElementsAre("7 log.a"));
    EXPECT_THAT(running_.notes(far_), IsEmpty());
    decide();
    EXPECT_THAT(running_.notes(far_), ElementsAre("1 log.a=q"));
    running_.on(far_, [&] { far_.publish(far_.reply_subjects.at(0), "r"); });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("reply 9=r"));
    EXPECT_EQ(storage_.waiting(), 0U) << "replies are not stored";
}

TEST_F(StreamCaptures, FailARefusedRequestWithItsCode) {
    subscribe(near_, "log.>");
    running_.on(publisher_, [&] { publisher_.request("log.a", "q", 9); });
    running_.settle();
    decide(always({.code = v1::STORAGE_FULL}));
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("failed 9 STORAGE_FULL"));
    EXPECT_THAT(running_.notes(near_), IsEmpty());
    EXPECT_EQ(refused(v1::STORAGE_FULL), 1U);
    EXPECT_FALSE(has_open_work());
}

TEST_F(StreamCaptures, FailARequestWithoutResponders) {
    running_.on(publisher_, [&] { publisher_.request("log.a", "q", 9); });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    decide();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("failed 9 NO_RESPONDERS"));
    EXPECT_EQ(running_.counters().unrouted_messages, 1U);
}

TEST_F(StreamCaptures, FailADuplicateRequest) {
    subscribe(near_, "log.>");
    running_.on(publisher_, [&] { publisher_.request("log.a", "q", 9); });
    running_.settle();
    decide(always({.sequence = 1, .duplicate = true}));
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("failed 9 NO_RESPONDERS"));
    EXPECT_THAT(running_.notes(near_), IsEmpty());
}

TEST_F(StreamCaptures, DeliverARequestWhoseRequesterHasLeft) {
    subscribe(near_, "log.>");
    running_.on(publisher_, [&] { publisher_.request("log.a", "q", 9); });
    running_.settle();
    running_.leave(publisher_);
    decide();
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 log.a=q"));
    EXPECT_FALSE(has_open_work());
}

TEST_F(StreamCaptures, DoNotStoreRequestsToTheExchange) {
    capture({{.stream = 1, .filter = ">", .name = "ALL"}});
    running_.on(publisher_, [&] { publisher_.request("$SYS.ping", "", 9); });
    running_.settle();
    EXPECT_EQ(storage_.waiting(), 0U);
    EXPECT_EQ(running_.notes(publisher_).size(), 1U);
}

// --- runs ---------------------------------------------------------------------------------------

TEST_F(StreamCaptures, TakeARunTogether) {
    subscribe(near_, "log.>");
    subscribe(far_, "log.>");
    const std::vector<std::string> payloads = {"1", "2", "3", "4"};
    const std::size_t at_once =
        running_.on(publisher_, [&] { return publisher_.publish_run("log.a", payloads); });
    EXPECT_EQ(at_once, 3U);
    running_.settle();
    EXPECT_EQ(storage_.offers().size(), 4U);
    EXPECT_THAT(running_.notes(near_), IsEmpty());
    decide([sequence = 0U](const OfferedMessage&, const wire::MessageView& message) mutable {
        return message.payload == "3" ? StreamDecision{.code = v1::STREAM_FULL}
                                      : StreamDecision{.sequence = ++sequence};
    });
    const auto expected = ElementsAre("1 log.a=1", "1 log.a=2", "1 log.a=4");
    EXPECT_THAT(running_.notes(near_), expected);
    EXPECT_THAT(running_.notes(far_), expected);
    const Counters counters = running_.counters();
    EXPECT_EQ(counters.received_messages, 4U);
    EXPECT_EQ(counters.captured_messages, 4U);
    EXPECT_EQ(counters.taken_messages, 6U);
}

TEST_F(StreamCaptures, RouteARunTogether) {
    subscribe(near_, "log.>");
    running_.on(near_, [&] {
        near_.room = 10'000;
        near_.run_part = 100;
    });
    const std::vector<std::string> payloads(40, "x");
    (void)running_.on(publisher_, [&] { return publisher_.publish_run("log.a", payloads); });
    running_.settle();
    decide([](const OfferedMessage&, const wire::MessageView&) { return StreamDecision{}; });
    EXPECT_EQ(running_.notes(near_).size(), 40U);
    EXPECT_EQ(running_.on(near_, [&] { return near_.taken_in_runs; }), 39U)
        << "all but the one that was published alone";
    EXPECT_EQ(running_.counters().received_messages, 40U);
}

TEST_F(StreamCaptures, RouteTheMessagesOfARunOneByOneWithoutRoom) {
    subscribe(near_, "log.>");
    running_.on(publisher_, [&] { publisher_.subscribe(1, "log.>"); });
    running_.settle();
    (void)running_.notes(publisher_);
    const std::vector<std::string> payloads = {"1", "2", "3", "4", "5"};
    (void)running_.on(publisher_, [&] { return publisher_.publish_run("log.a", payloads); });
    running_.settle();
    decide();
    const auto expected =
        ElementsAre("1 log.a=1", "1 log.a=2", "1 log.a=3", "1 log.a=4", "1 log.a=5");
    EXPECT_THAT(running_.notes(near_), expected);
    EXPECT_THAT(running_.notes(publisher_), expected);
}

TEST_F(StreamCaptures, LeaveOtherRunsAlone) {
    subscribe(near_, "other");
    const std::vector<std::string> payloads = {"1", "2", "3"};
    running_.on(near_, [&] {
        near_.room = 10'000;
        near_.run_part = 10;
    });
    (void)running_.on(publisher_, [&] { return publisher_.publish_run("other", payloads); });
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 other=1", "1 other=2", "1 other=3"));
    EXPECT_EQ(near_.taken_in_runs, 2U);
}

// --- durable publications -----------------------------------------------------------------------

TEST_F(StreamCaptures, TellADurablePublisherAfterTheCommit) {
    subscribe(near_, "log.>");
    publish_durably("log.a", "x", 5);
    decide(always({.sequence = 41}));
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 log.a=x"));
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    EXPECT_TRUE(has_open_work()) << "a daemon that stops answers it";
    commit();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("stored 5 LOG:41"));
    EXPECT_FALSE(has_open_work());
}

TEST_F(StreamCaptures, TellADuplicateAfterTheCommit) {
    publish_durably("log.a", "x", 5);
    decide(always({.sequence = 40, .duplicate = true}));
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    commit();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("duplicate 5 LOG:40"));
}

TEST_F(StreamCaptures, TellARefusalWithoutWaitingForACommit) {
    publish_durably("log.a", "x", 5);
    decide(always({.code = v1::WRONG_SEQUENCE, .text = "no", .sequence = 12}));
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("WRONG_SEQUENCE 5 LOG:12"));
    EXPECT_FALSE(has_open_work());
}

TEST_F(StreamCaptures, TellAFailedCommit) {
    publish_durably("log.a", "x", 5);
    decide();
    commit(v1::STORAGE_FAILED);
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("STORAGE_FAILED 5 LOG:1"));
}

TEST_F(StreamCaptures, TellOnlyWhatACommitContains) {
    publish_durably("log.a", "x", 5);
    decide();
    publish_durably("log.a", "y", 6);
    storage_.commit(running_.exchange());  // of the first batch
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("stored 5 LOG:1"));
    decide();
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    commit();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("stored 6 LOG:2"));
}

TEST_F(StreamCaptures, RefuseADurablePublicationWithoutAStream) {
    subscribe(near_, "other");
    publish_durably("other", "x", 5);
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("NO_STREAM 5 :0"));
    EXPECT_THAT(running_.notes(near_), IsEmpty()) << "it reaches nobody";
    EXPECT_EQ(refused(v1::NO_STREAM), 1U);
    capture({});
    publish_durably("log.a", "x", 6);
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("NO_STREAM 6 :0"));
}

TEST_F(StreamCaptures, RefuseADurablePublicationWhoseStreamWasRemoved) {
    subscribe(near_, "log.>");
    publish_durably("log.a", "x", 5);
    capture({});
    decide(always({.code = v1::NO_STREAM}));
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("NO_STREAM 5 :0"));
    EXPECT_THAT(running_.notes(near_), IsEmpty());
}

TEST_F(StreamCaptures, NameAStreamThatWasRemovedMeanwhile) {
    publish_durably("log.a", "x", 5);
    decide();
    capture({});
    commit();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("stored 5 LOG:1"));
}

TEST_F(StreamCaptures, AnswerThousandsInSlices) {
    constexpr std::uint64_t kCount = 20'000;
    running_.on(publisher_, [&] {
        for (std::uint64_t id = 1; id <= kCount; ++id) {
            publisher_.publish_with("log.a", "x", {.durable = id});
        }
    });
    const auto largest = [&] { return publisher_.shard.reactor().largest_slice(); };
    running_.settle();
    const std::uint64_t before = running_.on(publisher_, largest);
    storage_.decide(running_.exchange());
    storage_.commit(running_.exchange());
    while (running_.on(publisher_, [&] { return publisher_.shard.has_open_work(); })) {
    }
    const std::vector<std::string> notes = running_.notes(publisher_);
    ASSERT_EQ(notes.size(), kCount);
    EXPECT_EQ(notes.front(), "stored 1 LOG:1");
    EXPECT_EQ(notes.back(), "stored 20000 LOG:20000");
    EXPECT_LT(running_.on(publisher_, largest), before + kCount * 8);
}

// --- flushes ------------------------------------------------------------------------------------

TEST_F(StreamCaptures, FlushAfterTheDecisions) {
    subscribe(far_, "log.>");
    running_.on(publisher_, [&] {
        publisher_.publish("log.a", "x");
        publisher_.port.flush(3);
    });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    decide();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 3"));
    EXPECT_THAT(running_.notes(far_), ElementsAre("1 log.a=x"));
}

TEST_F(StreamCaptures, FlushDoesNotWaitForLaterMessages) {
    running_.on(publisher_, [&] {
        publisher_.publish("log.a", "x");
        publisher_.port.flush(3);
    });
    running_.settle();
    storage_.decide(running_.exchange());
    publish("log.a", "y");
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 3"));
}

TEST_F(StreamCaptures, FlushDoesNotWaitForOtherClients) {
    publish("log.a", "x");
    running_.on(near_, [&] { near_.port.flush(3); });
    EXPECT_THAT(running_.notes(near_), ElementsAre("flushed 3"));
}

TEST_F(StreamCaptures, FlushOnceEverythingIsDecided) {
    publish("log.a", "x");
    decide();
    running_.on(publisher_, [&] { publisher_.port.flush(3); });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 3"));
}

TEST_F(StreamCaptures, FlushOfAClientThatHasLeftEnds) {
    running_.on(publisher_, [&] {
        publisher_.publish("log.a", "x");
        publisher_.port.flush(3);
    });
    running_.settle();
    running_.leave(publisher_);
    decide();
    EXPECT_FALSE(has_open_work());
}

// --- limits -------------------------------------------------------------------------------------

class NotedTurn final : public reactor::TurnWork {
public:
    void run_turn_work() override { ++runs; }

    int runs = 0;
};

class SmallCaptures : public StreamCaptures {
protected:
    // A window of 64 KiB.
    SmallCaptures() : StreamCaptures({.memory_budget_bytes = 1U << 20U}) {}
};

TEST_F(SmallCaptures, PauseReadersUntilHalfIsDecided) {
    Shard& shard = publisher_.shard;
    NotedTurn reader;
    const std::string payload(20'000, 'x');
    for (int i = 0; i < 3; ++i) {
        publish("log.a", payload);
    }
    EXPECT_FALSE(running_.at(0, [&] { return shard.congested(); }));
    publish("log.a", payload);
    const std::size_t charged = running_.at(0, [&] {
        EXPECT_TRUE(shard.congested());
        shard.wait_for_relief(reader);
        return shard.account().held();
    });
    EXPECT_GT(charged, 80'000U);
    running_.settle();
    EXPECT_EQ(reader.runs, 0);
    decide();
    running_.at(0, [&] {
        EXPECT_FALSE(shard.congested());
        EXPECT_EQ(reader.runs, 1);
        EXPECT_LT(shard.account().held(), charged - 80'000U);
    });
}

TEST_F(SmallCaptures, ForgetAReaderThatEnds) {
    Shard& shard = publisher_.shard;
    NotedTurn reader;
    for (int i = 0; i < 4; ++i) {
        publish("log.a", std::string(20'000, 'x'));
    }
    running_.at(0, [&] {
        shard.wait_for_relief(reader);
        shard.forget_waiting(reader);
    });
    decide();
    EXPECT_EQ(running_.at(0, [&] { return reader.runs; }), 0);
}

TEST_F(SmallCaptures, SendALargeBatchBeforeTheTurnEnds) {
    running_.on(publisher_, [&] {
        publisher_.publish("log.a", std::string(70'000, 'x'));
        EXPECT_EQ(storage_.waiting(), 1U);
    });
    running_.settle();
    decide();
}

}  // namespace
}  // namespace telex::exchange
