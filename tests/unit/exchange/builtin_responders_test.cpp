#include "exchange/builtin_responders.hpp"

#include "session/message_rules.hpp"
#include "support/running_exchange.hpp"
#include "telex/v1/sys.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;

class BuiltinResponders : public ::testing::Test {
protected:
    PlainClient::Reply ask(std::string_view subject, std::string_view payload = {}) {
        running_.on(member_, [&] { member_.request(subject, payload, 1); });
        running_.settle();
        return running_.on(member_, [&] {
            return member_.replies.empty() ? PlainClient::Reply{} : member_.replies.back();
        });
    }

    RunningExchange running_{3};
    PlainClient& member_ = running_.client(1);
};

TEST_F(BuiltinResponders, OwnAllOfTheirPrefix) {
    EXPECT_TRUE(is_builtin_subject("$SYS.echo"));
    EXPECT_TRUE(is_builtin_subject("$SYS.unknown.thing"));
    EXPECT_FALSE(is_builtin_subject("$SYSTEM.echo"));
    EXPECT_FALSE(is_builtin_subject("SYS.echo"));
}

TEST_F(BuiltinResponders, EchoAnyBytes) {
    const std::string bytes("\0\xff any\n", 7);
    EXPECT_EQ(ask("$SYS.echo", bytes).payload, bytes);
    EXPECT_EQ(member_.port.pending_requests(), 0U);
}

// A datagram with a forged sender must not make two exchanges answer each other for ever.
TEST_F(BuiltinResponders, ReplyUnderASubjectThatCannotBeRequested) {
    for (const char* subject : {"$SYS.echo", "$SYS.time", "$SYS.info", "$SYS.stats"}) {
        const auto answer = ask(subject);
        EXPECT_TRUE(session::check_reserved_target(answer.subject, session::MessageUse::request))
            << subject;
    }
}

TEST_F(BuiltinResponders, TellTheTime) {
    v1::ServerTime time;
    ASSERT_TRUE(time.ParseFromString(ask("$SYS.time").payload));
    EXPECT_GT(time.unix_nanoseconds(), 1'700'000'000'000'000'000) << "after 2023";
}

TEST_F(BuiltinResponders, TellWhatTheServerSetAsItsFacts) {
    v1::ServerInfo facts;
    facts.set_server_name("test");
    facts.set_reactors(3);
    running_.exchange().set_info(facts);
    v1::ServerInfo info;
    ASSERT_TRUE(info.ParseFromString(ask("$SYS.info").payload));
    EXPECT_EQ(info.server_name(), "test");
}

TEST_F(BuiltinResponders, SumTheStatisticsOfAllReactors) {
    PlainClient& other = running_.client(2);
    running_.on(other, [&] { other.publish("nobody", ""); });
    v1::ServerStats stats;
    ASSERT_TRUE(stats.ParseFromString(ask("$SYS.stats").payload));
    EXPECT_EQ(stats.connections(), 2U);
    EXPECT_EQ(stats.unrouted_messages(), 1U);
    ASSERT_EQ(stats.reactors_size(), 3);
    EXPECT_EQ(stats.reactors(2).connections(), 1U);
}

TEST_F(BuiltinResponders, KnowTheSubjectsTheyHave) {
    ask("$SYS.nothing");
    EXPECT_THAT(running_.notes(member_), ElementsAre("failed 1 NO_RESPONDERS"));
}

// Answers when the test says so.
class SlowAdminHandler final : public AdminHandler {
public:
    void handle(std::string name, std::string payload, Caller caller, Reply reply) override {
        asked.push_back(name + "=" + payload + " by " + caller.user);
        replies.push_back(std::move(reply));
    }

    std::vector<std::string> asked;
    std::vector<Reply> replies;
};

TEST_F(BuiltinResponders, ForwardOperatorRequestsToTheAdminHandler) {
    SlowAdminHandler handler;
    running_.exchange().set_admin_handler(&handler);
    ask("$SYS.admin.kick", "7");
    EXPECT_THAT(running_.notes(member_), ElementsAre("failed 1 PERMISSION_DENIED"));
    member_.owner = true;
    ask("$SYS.admin.kick", "8");
    member_.owner = false;
    member_.user = true;  // with permissions that were checked before
    ask("$SYS.admin.list", "9");
    EXPECT_THAT(handler.asked, ElementsAre("kick=8 by (owner)", "list=9 by somebody"));
    handler.replies[0]({.payload = "done", .type = "t"});
    handler.replies[1]({.failure = v1::BAD_REQUEST, .payload = {}, .type = {}});
    running_.settle();
    EXPECT_THAT(running_.notes(member_), ElementsAre("reply 1=done", "failed 1 BAD_REQUEST"));
}

TEST_F(BuiltinResponders, DropRepliesToClientsThatHaveLeft) {
    SlowAdminHandler handler;
    running_.exchange().set_admin_handler(&handler);
    member_.owner = true;
    running_.on(member_, [&] {
        member_.request("$SYS.admin.list", {}, 1);
        member_.port.leave(DropReason::connection_lost);
    });
    handler.replies.at(0)({.payload = "done", .type = "t"});
    running_.settle();
    EXPECT_TRUE(running_.notes(member_).empty());
}

TEST_F(BuiltinResponders, HaveNoOperatorRespondersWithoutAnAdminHandler) {
    member_.owner = true;
    ask("$SYS.admin.list");
    EXPECT_THAT(running_.notes(member_), ElementsAre("failed 1 NO_RESPONDERS"));
}

// Answers queries when the test says so.
class SlowStorage final : public StreamStorage {
public:
    void offer(std::unique_ptr<OfferBatch> /*batch*/) override {}

    void query(Query query, std::function<void(QueryReply)> reply) override {
        queries.push_back(std::move(query));
        replies.push_back(std::move(reply));
    }

    std::vector<Query> queries;
    std::vector<std::function<void(QueryReply)>> replies;
};

TEST_F(BuiltinResponders, PassStreamRequestsToTheStorage) {
    SlowStorage storage;
    running_.exchange().set_stream_storage(&storage);
    ask("$SYS.stream.get", "7");
    member_.readable = [](std::string_view subject) { return subject == "open"; };
    ask("$SYS.stream.info", "8");
    ASSERT_EQ(storage.queries.size(), 2U);
    EXPECT_EQ(storage.queries[0].name, "get");
    EXPECT_EQ(storage.queries[0].payload, "7");
    EXPECT_EQ(storage.queries[0].account, access::kDefaultAccount);
    EXPECT_TRUE(storage.queries[0].may_read("anything")) << "there are no users";
    EXPECT_EQ(storage.queries[1].name, "info");
    member_.readable = {};
    EXPECT_TRUE(storage.queries[1].may_read("open")) << "a copy that outlives the client's";
    EXPECT_FALSE(storage.queries[1].may_read("closed"));
    storage.replies[0]({.payload = "found", .type = "t"});
    storage.replies[1]({.failure = v1::NO_RESPONDERS, .payload = {}, .type = {}});
    running_.settle();
    EXPECT_THAT(running_.notes(member_), ElementsAre("reply 1=found", "failed 1 NO_RESPONDERS"));
    running_.exchange().set_stream_storage(nullptr);
}

TEST_F(BuiltinResponders, DropRepliesOfTheStorageToClientsThatHaveLeft) {
    SlowStorage storage;
    running_.exchange().set_stream_storage(&storage);
    running_.on(member_, [&] {
        member_.request("$SYS.stream.get", {}, 1);
        member_.port.leave(DropReason::connection_lost);
    });
    storage.replies.at(0)({.payload = "found", .type = "t"});
    running_.settle();
    EXPECT_TRUE(running_.notes(member_).empty());
    running_.exchange().set_stream_storage(nullptr);
}

TEST_F(BuiltinResponders, HaveNoStreamsWithoutAStorage) {
    ask("$SYS.stream.get");
    EXPECT_THAT(running_.notes(member_), ElementsAre("failed 1 NO_RESPONDERS"));
}

TEST_F(BuiltinResponders, DropStatsForClientsThatHaveLeft) {
    running_.on(member_, [&] {
        member_.request("$SYS.stats", {}, 1);
        member_.port.leave(DropReason::connection_lost);
    });
    running_.settle();
    EXPECT_TRUE(running_.notes(member_).empty());
}

}  // namespace
}  // namespace telex::exchange
