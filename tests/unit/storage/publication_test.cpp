// Decisions about publications: stored, refused, duplicates, conditions.
#include "storage/publication_facts.hpp"
#include "unit/storage/running_engine.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::storage {
namespace {

using test::message;
using test::RunningEngine;
using test::stream_config;

TEST(Publication, IsStoredUnderTheNextSequence) {
    RunningEngine running;
    const auto stream = running.create(stream_config("orders", {"orders.>"}));
    const auto batch = running.shard().offer(
        running.engine(), stream, {message("orders.a", "1"), message("orders.b", "2")}
    );
    const auto decisions = running.shard().decisions(batch);
    ASSERT_EQ(decisions.size(), 2U);
    EXPECT_EQ(decisions[0].code, v1::ERROR_CODE_UNSPECIFIED);
    EXPECT_EQ(decisions[0].sequence, 1U);
    EXPECT_EQ(decisions[1].sequence, 2U);
    EXPECT_EQ(running.shard().committed(batch), v1::ERROR_CODE_UNSPECIFIED);
    EXPECT_EQ(running.payload("orders", 2), "2");
    const v1::StreamInfo info = running.info("orders");
    EXPECT_EQ(info.messages(), 2U);
    EXPECT_EQ(info.subjects(), 2U);
    EXPECT_EQ(info.stored_messages(), 2U);
    EXPECT_GT(info.block_bytes(), 0U);
}

TEST(Publication, KeepsItsBytes) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    v1::Message sent = message("a", "payload", "id-1");
    sent.set_content_type("text/plain");
    auto* const header = sent.add_headers();
    header->set_name("n");
    header->set_value("v");
    running.shard().publish(running.engine(), stream, sent);
    v1::GetStreamMessage request;
    request.set_stream("s");
    request.set_sequence(1);
    const v1::StreamMessages reply = running.engine().get("", request);
    ASSERT_EQ(reply.messages_size(), 1);
    EXPECT_EQ(reply.messages(0).message().SerializeAsString(), sent.SerializeAsString());
    EXPECT_EQ(reply.messages(0).stream(), "s");
    EXPECT_EQ(
        reply.messages(0).unix_nanoseconds(), running.clock.wall().time_since_epoch().count()
    );
}

TEST(Publication, WithAKnownIdIsADuplicate) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    EXPECT_FALSE(
        running.shard().publish(running.engine(), stream, message("a", "1", "id")).duplicate
    );
    const auto again = running.shard().publish(running.engine(), stream, message("a", "2", "id"));
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.code, v1::ERROR_CODE_UNSPECIFIED);
    EXPECT_EQ(again.sequence, 1U);
    EXPECT_EQ(running.info("s").messages(), 1U);
    EXPECT_EQ(running.info("s").duplicates(), 1U);
}

TEST(Publication, WithAnIdIsNotComparedWithoutAWindow) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_duplicate_window_ms(0);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a", "1", "id"));
    EXPECT_EQ(
        running.shard().publish(running.engine(), stream, message("a", "2", "id")).sequence, 2U
    );
}

TEST(Publication, WithAWrongSequenceIsRefused) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a.*"}));
    running.shard().publish(running.engine(), stream, message("a.x"));
    running.shard().publish(running.engine(), stream, message("a.y"));
    v1::Message on_stream = message("a.x");
    on_stream.set_expected_last_sequence(1);
    auto decision = running.shard().publish(running.engine(), stream, on_stream);
    EXPECT_EQ(decision.code, v1::WRONG_SEQUENCE);
    EXPECT_EQ(decision.sequence, 2U);
    EXPECT_EQ(decision.text, "wrong last sequence");
    v1::Message on_subject = message("a.x");
    on_subject.set_expected_subject_sequence(0);
    decision = running.shard().publish(running.engine(), stream, on_subject);
    EXPECT_EQ(decision.code, v1::WRONG_SEQUENCE);
    EXPECT_EQ(decision.sequence, 1U);
    on_subject.set_expected_subject_sequence(1);
    EXPECT_EQ(running.shard().publish(running.engine(), stream, on_subject).sequence, 3U);
    EXPECT_EQ(running.info("s").refused_messages().at("wrong_last_sequence"), 1U);
}

TEST(Publication, OnAnErasedSubjectIsComparedAfterASearch) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a.*"}));
    running.shard().publish(running.engine(), stream, message("a.x", "1"));
    running.shard().publish(running.engine(), stream, message("a.y", "2"));
    running.shard().publish(running.engine(), stream, message("a.x", "3"));
    ASSERT_TRUE(running.engine().erase("", "s", 3));
    v1::Message wanted = message("a.x");
    wanted.set_expected_subject_sequence(3);
    const auto refused = running.shard().publish(running.engine(), stream, wanted);
    EXPECT_EQ(refused.code, v1::WRONG_SEQUENCE);
    EXPECT_EQ(refused.sequence, 1U);
    wanted.set_expected_subject_sequence(1);
    EXPECT_EQ(running.shard().publish(running.engine(), stream, wanted).sequence, 4U);
}

TEST(Publication, AgainstASettingIsNotStorable) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_max_message_bytes(100);
    const auto stream = running.create(config);
    const auto code_of = [&](const v1::Message& sent) {
        return running.shard().publish(running.engine(), stream, sent).code;
    };
    EXPECT_EQ(code_of(message("a", std::string(100, 'x'))), v1::NOT_STORABLE);
    EXPECT_EQ(code_of(message("a", "x", std::string(90, 'i'))), v1::ERROR_CODE_UNSPECIFIED);
    v1::Message sent = message("a");
    sent.set_ttl_ms(5'000);
    EXPECT_EQ(code_of(sent), v1::NOT_STORABLE);
    sent = message("a");
    sent.set_roll_up(v1::ROLL_UP_SUBJECT);
    EXPECT_EQ(code_of(sent), v1::NOT_STORABLE);
    sent.set_roll_up(static_cast<v1::RollUp>(17));
    EXPECT_EQ(code_of(sent), v1::NOT_STORABLE);
    EXPECT_EQ(running.info("s").refused_messages().at("unknown_field"), 1U);
    EXPECT_EQ(running.info("s").messages(), 1U);
}

TEST(Publication, BeyondALimitIsRefused) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_max_messages(1);
    config.set_discard(v1::StreamConfig::NEWEST);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a"));
    const auto refused = running.shard().publish(running.engine(), stream, message("a"));
    EXPECT_EQ(refused.code, v1::STREAM_FULL);
    EXPECT_EQ(refused.text, "stream is full: max_messages");
}

TEST(Publication, OfARemovedStreamHasNoStream) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    ASSERT_TRUE(running.engine().remove("", "s"));
    EXPECT_EQ(running.shard().publish(running.engine(), stream, message("a")).code, v1::NO_STREAM);
}

TEST(Publication, OfALastValueStreamReplacesTheOneBefore) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a.*"});
    config.set_max_per_subject(1);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a.x", "1"));
    running.shard().publish(running.engine(), stream, message("a.y", "2"));
    running.shard().publish(running.engine(), stream, message("a.y", "3"));
    EXPECT_EQ(running.payload("s", 1), "1");
    EXPECT_EQ(running.payload("s", 2), "MESSAGE_NOT_FOUND");
    EXPECT_EQ(running.payload("s", 3), "3");
    EXPECT_EQ(running.info("s").messages(), 2U);
}

TEST(Publication, RollUpRemovesTheEarlierOnes) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a.*"});
    config.set_allow_roll_up(true);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a.x", "1"));
    running.shard().publish(running.engine(), stream, message("a.y", "2"));
    v1::Message sent = message("a.y", "3");
    sent.set_roll_up(v1::ROLL_UP_SUBJECT);
    running.shard().publish(running.engine(), stream, sent);
    EXPECT_EQ(running.info("s").messages(), 2U);
    sent.set_roll_up(v1::ROLL_UP_ALL);
    running.shard().publish(running.engine(), stream, sent);
    EXPECT_EQ(running.info("s").messages(), 1U);
    EXPECT_EQ(running.info("s").first_sequence(), 4U);
}

TEST(PublicationFacts, AreThoseOfTheMessage) {
    v1::Message sent = message("a", "payload", "id");
    sent.set_ttl_ms(300);
    sent.set_expected_last_sequence(0);
    sent.set_expected_subject_sequence(1ULL << 40U);
    sent.set_roll_up(v1::ROLL_UP_ALL);
    sent.set_header_block("block");
    const std::string body = sent.SerializeAsString();
    const auto facts = read_publication(body);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->id, "id");
    EXPECT_EQ(facts->ttl_ms, 300U);
    EXPECT_EQ(facts->expected_last, 0U);
    EXPECT_EQ(facts->expected_subject_last, 1ULL << 40U);
    EXPECT_EQ(facts->roll_up, 2U);
    EXPECT_FALSE(read_publication(ByteView(body).substr(0, body.size() - 1)));
}

TEST(PublicationFacts, AreAbsentInAPlainMessage) {
    const std::string body = message("a", "payload").SerializeAsString();
    const auto facts = read_publication(body);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->id, "");
    EXPECT_FALSE(facts->expected_last);
    EXPECT_FALSE(facts->expected_subject_last);
}

}  // namespace
}  // namespace telex::storage
