// Reads of stored messages.
#include "unit/storage/running_engine.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace telex::storage {
namespace {

using exchange::StreamStorage;
using test::message;
using test::RunningEngine;
using test::stream_config;

v1::GetStreamMessage request_from(
    std::uint64_t from, std::uint32_t count, std::string filter = {}
) {
    v1::GetStreamMessage request;
    request.set_stream("s");
    request.set_from(from);
    request.set_count(count);
    request.set_filter(std::move(filter));
    return request;
}

v1::GetStreamMessage request_last(const std::string& subject) {
    v1::GetStreamMessage request;
    request.set_stream("s");
    request.set_last_of(subject);
    return request;
}

std::vector<std::uint64_t> sequences_of(const v1::StreamMessages& reply) {
    std::vector<std::uint64_t> sequences;
    for (const v1::StreamMessage& message : reply.messages()) {
        sequences.push_back(message.sequence());
    }
    return sequences;
}

using Sequences = std::vector<std::uint64_t>;

// Sends a query and waits for the reply.
StreamStorage::QueryReply ask(
    RunningEngine& running,
    const std::string& name,
    const v1::GetStreamMessage& request,
    std::function<bool(std::string_view)> may_read = [](std::string_view) { return true; },
    access::AccountId account = access::kDefaultAccount
) {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<StreamStorage::QueryReply> result;
    running.engine().query(
        {name, request.SerializeAsString(), account, std::move(may_read)},
        [&](StreamStorage::QueryReply reply) {
            const std::lock_guard lock(mutex);
            result = std::move(reply);
            changed.notify_all();
        }
    );
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return result.has_value(); });
    return *result;
}

v1::StreamMessages messages_of(const StreamStorage::QueryReply& reply) {
    EXPECT_EQ(reply.type, "telex.v1.StreamMessages");
    v1::StreamMessages messages;
    EXPECT_TRUE(messages.ParseFromString(reply.payload));
    return messages;
}

class Query : public testing::Test {
protected:
    // 1 a.x, 2 a.y, 3 a.x, 4 a.z, 5 a.x
    Query() {
        stream = running.create(stream_config("s", {"a.*"}));
        for (const std::string subject : {"a.x", "a.y", "a.x", "a.z", "a.x"}) {
            running.shard().publish(running.engine(), stream, message(subject));
        }
    }

    RunningEngine running;
    exchange::StreamNumber stream = 0;
};

TEST_F(Query, BySequenceReturnsTheMessage) {
    v1::GetStreamMessage request;
    request.set_stream("s");
    request.set_sequence(3);
    EXPECT_EQ(sequences_of(messages_of(ask(running, "get", request))), (Sequences{3}));
    request.set_sequence(6);
    EXPECT_EQ(messages_of(ask(running, "get", request)).error().code(), v1::MESSAGE_NOT_FOUND);
    request.set_sequence(0);
    EXPECT_EQ(messages_of(ask(running, "get", request)).error().code(), v1::STREAM_BAD_REQUEST);
}

TEST_F(Query, ByLastReturnsTheNewest) {
    EXPECT_EQ(sequences_of(messages_of(ask(running, "get", request_last("a.x")))), (Sequences{5}));
    EXPECT_EQ(sequences_of(messages_of(ask(running, "get", request_last("a.y")))), (Sequences{2}));
    EXPECT_EQ(
        messages_of(ask(running, "get", request_last("a.w"))).error().code(), v1::MESSAGE_NOT_FOUND
    );
    EXPECT_EQ(
        messages_of(ask(running, "get", request_last("a.*"))).error().code(), v1::STREAM_BAD_REQUEST
    );
}

TEST_F(Query, ByLastSearchesBelowAnErasedOne) {
    ASSERT_TRUE(running.engine().erase("", "s", 5));
    EXPECT_EQ(sequences_of(messages_of(ask(running, "get", request_last("a.x")))), (Sequences{3}));
}

TEST_F(Query, FromASequenceReturnsThoseOfTheFilter) {
    v1::StreamMessages reply = messages_of(ask(running, "get", request_from(2, 2, "a.x")));
    EXPECT_EQ(sequences_of(reply), (Sequences{3, 5}));
    EXPECT_EQ(reply.next_sequence(), 6U);
    EXPECT_EQ(reply.last_sequence(), 5U);
    reply = messages_of(ask(running, "get", request_from(0, 2)));
    EXPECT_EQ(sequences_of(reply), (Sequences{1, 2}));
    EXPECT_EQ(reply.next_sequence(), 3U);
    reply = messages_of(ask(running, "get", request_from(6, 2)));
    EXPECT_TRUE(reply.messages().empty());
    EXPECT_EQ(reply.next_sequence(), 6U);
    reply = messages_of(ask(running, "get", request_from(1, 0)));
    EXPECT_EQ(sequences_of(reply), (Sequences{1}));
}

TEST_F(Query, FromASequenceStaysWithinTheReply) {
    running.options.max_reply_bytes = 100;
    running.restart();
    const std::string large(80, 'x');
    for (int i = 0; i < 3; ++i) {
        running.shard().publish(running.engine(), stream, message("a.l", large));
    }
    v1::StreamMessages reply = messages_of(ask(running, "get", request_from(1, 100, "a.l")));
    EXPECT_EQ(sequences_of(reply), (Sequences{6}));
    EXPECT_EQ(reply.next_sequence(), 7U);
}

TEST_F(Query, SkipsRemovedMessages) {
    ASSERT_TRUE(running.engine().erase("", "s", 3));
    const v1::StreamMessages reply = messages_of(ask(running, "get", request_from(1, 10)));
    EXPECT_EQ(sequences_of(reply), (Sequences{1, 2, 4, 5}));
}

TEST_F(Query, HidesSubjectsThatTheRequesterMayNotRead) {
    const auto not_x = [](std::string_view subject) { return subject != "a.x"; };
    const v1::StreamMessages reply = messages_of(ask(running, "get", request_from(1, 10), not_x));
    EXPECT_EQ(sequences_of(reply), (Sequences{2, 4}));
    EXPECT_EQ(
        messages_of(ask(running, "get", request_last("a.x"), not_x)).error().code(),
        v1::MESSAGE_NOT_FOUND
    );
}

TEST_F(Query, OfAnotherAccountFindsNoStream) {
    const auto yes = [](std::string_view) { return true; };
    const auto reply = messages_of(ask(running, "get", request_from(1, 1), yes, 7));
    EXPECT_EQ(reply.error().code(), v1::STREAM_NOT_FOUND);
}

TEST_F(Query, WaitsForTheCommit) {
    running.gate->close();
    running.shard().offer(running.engine(), stream, {message("a.x", "new")});
    running.gate->await_commit();
    running.shard().decisions(6);
    v1::StreamMessages reply;
    std::thread reader([&] { reply = messages_of(ask(running, "get", request_last("a.x"))); });
    // Those that are committed do not wait.
    EXPECT_EQ(sequences_of(messages_of(ask(running, "get", request_last("a.y")))), (Sequences{2}));
    running.gate->open();
    reader.join();
    EXPECT_EQ(sequences_of(reply), (Sequences{6}));
}

TEST_F(Query, StopsAtDamage) {
    running.gate->damage(3);
    v1::StreamMessages reply = messages_of(ask(running, "get", request_from(1, 10)));
    EXPECT_EQ(sequences_of(reply), (Sequences{1, 2}));
    EXPECT_EQ(reply.next_sequence(), 3U);
    reply = messages_of(ask(running, "get", request_from(3, 10)));
    EXPECT_EQ(reply.error().code(), v1::STREAM_DAMAGED);
    EXPECT_EQ(reply.error().text(), "record 3 is damaged");
    EXPECT_EQ(messages_of(ask(running, "get", request_last("a.y"))).messages(0).sequence(), 2U);
    EXPECT_EQ(running.engine().erase("", "s", 3).error().code, v1::STREAM_DAMAGED);
}

TEST_F(Query, InfoNeedsARightToASubject) {
    v1::GetStreamMessage request;
    request.set_stream("s");
    const auto reply = ask(running, "info", request);
    EXPECT_EQ(reply.type, "telex.v1.StreamInfo");
    v1::StreamInfo info;
    ASSERT_TRUE(info.ParseFromString(reply.payload));
    EXPECT_EQ(info.messages(), 5U);
    const auto denied = ask(running, "info", request, [](std::string_view) { return false; });
    EXPECT_EQ(denied.type, "telex.v1.StreamError");
    v1::StreamError error;
    ASSERT_TRUE(error.ParseFromString(denied.payload));
    EXPECT_EQ(error.code(), v1::STREAM_NOT_FOUND);
}

TEST_F(Query, OfAnUnknownNameHasNoResponders) {
    EXPECT_EQ(ask(running, "other", {}).failure, v1::NO_RESPONDERS);
}

TEST_F(Query, OfOtherBytesIsABadRequest) {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<StreamStorage::QueryReply> result;
    running.engine().query(
        {"get", "\xff", access::kDefaultAccount, [](std::string_view) { return true; }},
        [&](StreamStorage::QueryReply reply) {
            const std::lock_guard lock(mutex);
            result = std::move(reply);
            changed.notify_all();
        }
    );
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return result.has_value(); });
    EXPECT_EQ(messages_of(*result).error().code(), v1::STREAM_BAD_REQUEST);
}

}  // namespace
}  // namespace telex::storage
