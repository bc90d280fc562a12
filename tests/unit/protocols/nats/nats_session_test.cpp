// The conversation with a NATS client, as nats-server 2.9.10 leads it.
#include "auth/nkey_signature.hpp"
#include "protocols/nats/nats_options.hpp"
#include "unit/protocols/nats/nats_fixture.hpp"
#include "wire/frame_view.hpp"

namespace telex::session::nats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class NatsSessionTest : public NatsFixture {};

TEST_F(NatsSessionTest, TheServerSpeaksFirst) {
    options_.server_version = "1.2+x";
    start();
    const auto lines = heard();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_THAT(lines[0], StartsWith("INFO {\"server_id\":"));
    EXPECT_THAT(lines[0], HasSubstr("\"version\":\"2.9.10-telex1.2-x\""));
    EXPECT_THAT(lines[0], HasSubstr("\"headers\":true,\"max_payload\":1048576"));
    EXPECT_THAT(lines[0], HasSubstr("\"client_id\":12"));
}

TEST_F(NatsSessionTest, WithoutConnectAClientIsVerbose) {
    start();
    transport_.take_controls();
    send("SUB a 1\r\nPUB a 1\r\nx\r\nPING\r\nUNSUB 1\r\n");
    EXPECT_THAT(heard(), ElementsAre("+OK", "+OK", "PONG", "+OK"));
}

TEST_F(NatsSessionTest, ConnectIsConfirmedToVerboseClients) {
    start();
    transport_.take_controls();
    send("CONNECT {\"verbose\":true}\r\nPING\r\n");
    EXPECT_THAT(heard(), ElementsAre("+OK", "PONG"));
    send("CONNECT {\"verbose\":false,\"name\":\"meter\"}\r\nPING\r\n");
    EXPECT_THAT(heard(), ElementsAre("PONG"));
    EXPECT_EQ(transport_.client_name, "meter");
}

TEST_F(NatsSessionTest, BadConnectClosesWithoutAWord) {
    for (const std::string argument : {"", "{", "[]", "{\"verbose\":1}", "{\"user\":[]}"}) {
        transport_ = testing::FakeTransport();
        start();
        transport_.take_controls();
        send("CONNECT " + argument + "\r\n");
        EXPECT_THAT(heard(), IsEmpty()) << argument;
        EXPECT_EQ(transport_.closed, CloseReason::bad_message) << argument;
    }
}

TEST_F(NatsSessionTest, UnknownProtocolNumberIsRefused) {
    start();
    transport_.take_controls();
    send("CONNECT {\"protocol\":2}\r\n");
    EXPECT_THAT(heard(), ElementsAre("-ERR 'invalid client protocol'"));
    EXPECT_TRUE(transport_.closed);
}

TEST_F(NatsSessionTest, PublishesAndDelivers) {
    open();
    send("SUB a.*  sid-7\r\nPUB a.b in.box 5\r\nhello\r\n");
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].subject, "a.b");
    EXPECT_EQ(transport_.published[0].payload, "hello");
    const std::uint64_t id = transport_.subscriptions.begin()->first;
    const testing::TestMessage message("a.b", "hello", "in.box");
    EXPECT_TRUE(session_->deliver(message.delivery(id, "in.box")));
    EXPECT_TRUE(session_->deliver(message.delivery(id)));
    EXPECT_THAT(
        transport_.deliveries,
        ElementsAre("MSG a.b sid-7 in.box 5\r\nhello", "MSG a.b sid-7 5\r\nhello")
    );
}

TEST_F(NatsSessionTest, ASecondSubscriptionOfTheSameNameIsIgnored) {
    open();
    send("SUB a 1\r\nSUB b 1\r\n");
    ASSERT_EQ(transport_.subscriptions.size(), 1U);
    EXPECT_EQ(transport_.subscriptions.at(1).filter, "a");
    EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(NatsSessionTest, ANameMayBeUsedAgainAfterUnsub) {
    open();
    send("SUB a x\r\nUNSUB x\r\nSUB b x\r\nUNSUB 99\r\nUNSUB x y\r\n");
    ASSERT_EQ(transport_.subscriptions.size(), 1U);
    EXPECT_EQ(transport_.subscriptions.begin()->second.filter, "b");
}

TEST_F(NatsSessionTest, UnsubWithAMaximumComesLater) {
    open();
    send("SUB a 4\r\nUNSUB 4 2\r\n");
    EXPECT_EQ(transport_.max_messages.at(4), 2U);
    send("UNSUB 4 0\r\n");
    EXPECT_TRUE(transport_.subscriptions.empty());
}

TEST_F(NatsSessionTest, WildcardsSeeReservedSubjectsButEventsOnlyByRight) {
    open();
    send("SUB > 1\r\nSUB > g 2\r\nSUB a 3\r\nSUB $SYS.event.> 4\r\n");
    EXPECT_TRUE(transport_.subscriptions.at(1).sees_reserved);
    EXPECT_TRUE(transport_.subscriptions.at(1).hides_some);
    EXPECT_FALSE(transport_.subscriptions.at(2).sees_reserved);
    EXPECT_FALSE(transport_.subscriptions.at(3).hides_some);
    EXPECT_THAT(
        heard(), ElementsAre("-ERR 'Permissions Violation for Subscription to \"$SYS.event.>\"'")
    );
}

TEST_F(NatsSessionTest, RefusalsKeepTheSessionOpen) {
    open();
    send(
        "SUB a..b 1\r\nSUB _REPLY.> q 2\r\nPUB a..b 0\r\n\r\nPUB a.* 0\r\n\r\nPUB $SYS.x 0\r\n\r\n"
        "PUB a b..c 0\r\n\r\nPUB \x01 0\r\n\r\nPING\r\n"
    );
    EXPECT_THAT(
        heard(),
        ElementsAre(
            "-ERR 'Permissions Violation for Subscription to \"a..b\"'",
            "-ERR 'Permissions Violation for Subscription to \"_REPLY.>\" using queue \"q\"'",
            "-ERR 'Permissions Violation for Publish to \"a..b\"'",
            "-ERR 'Permissions Violation for Publish to \"a.*\"'",
            "-ERR 'Permissions Violation for Publish to \"$SYS.x\"'",
            "-ERR 'Permissions Violation for Publish to \"b..c\"'",
            "-ERR 'Permissions Violation for Publish to \"\\x01\"'",
            "PONG"
        )
    );
    EXPECT_TRUE(transport_.published.empty());
    EXPECT_FALSE(transport_.closed);
}

TEST_F(NatsSessionTest, ANameMayBeUsedAgainBeforeItsSubscriptionHasEnded) {
    transport_.answers_at_once = false;
    open();
    send("SUB a x\r\nUNSUB x\r\nSUB b x\r\n");
    session_->on_unsubscribed(transport_.unsubscribing.at(0), 0, 0);
    ASSERT_EQ(transport_.subscriptions.size(), 1U);
    const std::uint64_t id = transport_.subscriptions.begin()->first;
    const testing::TestMessage message("b", "");
    EXPECT_TRUE(session_->deliver(message.delivery(id)));
    EXPECT_THAT(transport_.deliveries, ElementsAre("MSG b x 0\r\n"));
    send("UNSUB x\r\n");
    EXPECT_TRUE(transport_.subscriptions.empty());
}

// --- memory -------------------------------------------------------------------------------------

TEST_F(NatsSessionTest, NamesOfSubscriptionsAreCharged) {
    transport_.answers_at_once = false;
    open();
    constexpr std::size_t kNames = 100;
    for (std::size_t i = 0; i < kNames; ++i) {
        const std::string name = std::string(60, 'n') + std::to_string(1000 + i);
        send("SUB a " + name + "\r\n");
        send("SUB b " + std::to_string(1 + i) + "\r\n");
    }
    EXPECT_GE(transport_.memory, kNames * 2 * 64);
    EXPECT_LE(transport_.memory, kNames * 400);
    for (std::size_t i = 0; i < kNames; ++i) {
        const std::string name = std::string(60, 'n') + std::to_string(1000 + i);
        send("UNSUB " + name + "\r\nSUB c " + name + "\r\nUNSUB " + name + "\r\n");
    }
    for (const std::uint64_t id : transport_.unsubscribing) {
        session_->on_unsubscribed(id, 0, 0);
    }
    EXPECT_EQ(transport_.memory, 0U);
}

TEST_F(NatsSessionTest, WaitingReplySubjectsAreCharged) {
    transport_.answers_at_once = false;
    open();
    constexpr std::size_t kRequests = 1'000;
    const std::string inbox(1'000, 'i');
    for (std::size_t i = 0; i < kRequests; ++i) {
        send("PUB " + std::string(i % 2 == 0 ? "svc" : "$SYS.echo") + " " + inbox + " 0\r\n\r\n");
    }
    EXPECT_GE(transport_.memory, kRequests * inbox.size());
    EXPECT_LE(transport_.memory, kRequests * (inbox.size() + 200));
    for (const auto& options : transport_.publish_options) {
        session_->on_published(options.confirmation, 1);
    }
    for (const auto& request : transport_.requests) {
        session_->on_request_failed(request.id, v1::TIMEOUT);
    }
    EXPECT_EQ(transport_.memory, 0U);
}

TEST_F(NatsSessionTest, HeldCommandsAreCharged) {
    transport_.is_user = &access::anonymous();
    transport_.auth_result = std::nullopt;
    start();
    send("CONNECT {\"verbose\":false,\"auth_token\":\"t\"}\r\n");
    for (int i = 0; i < 100; ++i) {
        send("PUB a 100\r\n" + std::string(100, 'x') + "\r\n");
    }
    EXPECT_GE(transport_.memory, 10'000U);
    transport_.is_user = nullptr;
    session_->on_authenticated(access::AuthResult::authenticated);
    EXPECT_EQ(transport_.published.size(), 100U);
    EXPECT_EQ(transport_.memory, 0U);
}

TEST_F(NatsSessionTest, NamesOfSubscriptionsArePrintable) {
    open();
    send("SUB a 1\x7f\r\nSUB a q\x1b[2J 1\r\nSUB a \xff\r\nSUB a \xc3\xa9 \xc3\xa9\r\n");
    const std::string text = "-ERR 'Permissions Violation for Subscription to \"a\"";
    EXPECT_THAT(heard(), ElementsAre(text + "'", text + " using queue \"q\\x1b[2J\"'", text + "'"));
    EXPECT_EQ(transport_.refusals[v1::BAD_SUBSCRIPTION], 2);
    EXPECT_EQ(transport_.refusals[v1::BAD_QUEUE_GROUP], 1);
    EXPECT_EQ(transport_.subscriptions.size(), 1U);
}

TEST_F(NatsSessionTest, ReturnsDivideWords) {
    open();
    send("SUB a 1\r\r\nPUB b 2\r\r\nxx\r\nPING\r\r\n");
    EXPECT_EQ(transport_.subscriptions.size(), 1U);
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].payload, "xx");
    EXPECT_THAT(heard(), ElementsAre("PONG"));
}

TEST_F(NatsSessionTest, ReservedSubjectsOfNatsAreOrdinary) {
    open();
    send("PUB $KV.b.k 0\r\n\r\nPUB $O.o.m 0\r\n\r\nPUB $SRV.PING 0\r\n\r\nPUB $JS.ACK.x 0\r\n\r\n");
    EXPECT_EQ(transport_.published.size(), 4U);
    EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(NatsSessionTest, WrongArgumentsCloseWithoutAWord) {
    for (const std::string line :
         {"SUB a",
          "SUB a b c d",
          "UNSUB",
          "UNSUB 1 2 3",
          "PUB a -1",
          "PUB a x",
          "PUB a +1",
          "PUB a 1000000000",
          "HPUB a 9 5\r\nhello",
          "HPUB a 5\r\nhello",
          "+OK",
          "-ERR 'x'"}) {
        transport_ = testing::FakeTransport();
        open();
        send(line + "\r\n");
        const bool silent = line != "UNSUB";
        EXPECT_THAT(heard().size(), silent ? 0U : 1U) << line;
        EXPECT_EQ(transport_.closed, CloseReason::bad_message) << line;
    }
}

TEST_F(NatsSessionTest, UnknownCommandsCloseWithAText) {
    for (const std::string line : {"", "FOO", "MSG a 1 0", "GET / HTTP/1.1", "PUB"}) {
        transport_ = testing::FakeTransport();
        open();
        send(line + "\r\n");
        EXPECT_THAT(heard(), ElementsAre("-ERR 'Unknown Protocol Operation'")) << line;
        EXPECT_TRUE(transport_.closed) << line;
    }
}

TEST_F(NatsSessionTest, InfoAndPongAreIgnored) {
    open();
    send("INFO {}\r\nPONG\r\nPING abc\r\n");
    EXPECT_THAT(heard(), ElementsAre("PONG"));
}

TEST_F(NatsSessionTest, PongsWaitForFlushes) {
    transport_.answers_at_once = false;
    open();
    send("SUB a 1\r\nPING\r\nPUB a 0\r\n\r\nPING\r\n");
    EXPECT_THAT(heard(), IsEmpty());
    session_->on_flushed(0);
    EXPECT_THAT(heard(), ElementsAre("PONG"));
    session_->on_flushed(0);
    EXPECT_THAT(heard(), ElementsAre("PONG"));
}

TEST_F(NatsSessionTest, TooManyPingsEndTheSession) {
    transport_.answers_at_once = false;
    options_.max_pending_requests = 3;
    open();
    send("PING\r\nPING\r\nPING\r\n");
    EXPECT_FALSE(transport_.closed);
    send("PING\r\n");
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_EQ(transport_.closed, CloseReason::protocol_violation);
}

// --- headers ------------------------------------------------------------------------------------

TEST_F(NatsSessionTest, HeadersBecomeHeadersAndComeBackAsTheyWere) {
    open();
    send("SUB a 1\r\nHPUB a 17 20\r\nNATS/1.0\r\nA:1\r\n\r\nxyz\r\n");
    ASSERT_EQ(transport_.published.size(), 1U);
    const std::string body = transport_.published[0].body;
    const auto message = wire::scan_message(body).value();
    EXPECT_EQ(message.header_count, 1U);
    EXPECT_EQ(message.payload, "xyz");
    EXPECT_TRUE(session_->deliver({1, message, {}, nullptr, 1}));
    EXPECT_THAT(transport_.deliveries, ElementsAre("HMSG a 1 17 20\r\nNATS/1.0\r\nA:1\r\n\r\nxyz"));
}

TEST_F(NatsSessionTest, EmptyHeaderBlockIsNone) {
    open();
    send("HPUB a 0 3\r\nxyz\r\n");
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].payload, "xyz");
    const testing::TestMessage message("a", "xyz");
    EXPECT_EQ(transport_.published[0].body, message.body());
}

TEST_F(NatsSessionTest, ClientsWithoutHeadersGetThePayloadOnly) {
    start();
    send("CONNECT {\"verbose\":false}\r\nSUB a 1\r\n");
    std::string body;
    const wire::HeaderView header{"A", "1"};
    wire::append_message(body, "a", "xyz", {}, std::span(&header, 1));
    EXPECT_TRUE(session_->deliver({1, wire::scan_message(body).value(), {}, nullptr, 1}));
    EXPECT_THAT(transport_.deliveries, ElementsAre("MSG a 1 3\r\nxyz"));
    send("HPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\n");
    EXPECT_TRUE(transport_.closed);
}

TEST_F(NatsSessionTest, TooManyHeadersAreRefused) {
    options_.max_headers = 2;
    open();
    send("HPUB a 30 30\r\nNATS/1.0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n\r\n");
    EXPECT_THAT(
        heard(), ElementsAre("-ERR 'Permissions Violation for Publish to \"a\", too many headers'")
    );
    EXPECT_TRUE(transport_.published.empty());
}

// --- requests -----------------------------------------------------------------------------------

TEST_F(NatsSessionTest, NoRespondersComesAtOnce) {
    open();
    send("SUB _INBOX.x.* 3\r\nPUB svc _INBOX.x.1 2\r\nhi\r\n");
    ASSERT_EQ(transport_.publish_options.size(), 1U);
    session_->on_published(transport_.publish_options[0].confirmation, 0);
    EXPECT_THAT(heard(), ElementsAre("HMSG _INBOX.x.1 3 16 16\r\nNATS/1.0 503\r\n\r\n"));
}

TEST_F(NatsSessionTest, NoRespondersNeedsAnInboxAndNoReceiver) {
    open();
    send("SUB b 3\r\nPUB svc a 2\r\nhi\r\nPUB svc b 2\r\nhi\r\n");
    session_->on_published(transport_.publish_options[0].confirmation, 0);
    session_->on_published(transport_.publish_options[1].confirmation, 1);
    session_->on_published(17, 0);
    EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(NatsSessionTest, ClientsThatDoNotKnowItGetNoStatus) {
    start();
    send("CONNECT {\"verbose\":false}\r\nSUB b 3\r\nPUB svc b 2\r\nhi\r\n");
    EXPECT_TRUE(transport_.publish_options.empty());
    EXPECT_EQ(transport_.published.size(), 1U);
}

TEST_F(NatsSessionTest, TheExchangeAndTheStreamApiWriteNoStatusToThemEither) {
    start();
    transport_.take_controls();
    send("CONNECT {\"verbose\":false}\r\nSUB in 1\r\nPUB $JS.API.DIRECT.GET.s in 0\r\n\r\n");
    send("PUB $SYS.none in 0\r\n\r\n");
    session_->on_request_failed(transport_.requests[0].id, v1::NO_RESPONDERS);
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_TRUE(transport_.published.empty());
}

TEST_F(NatsSessionTest, TheExchangeRepliesToItsRequests) {
    open();
    send("SUB in 1\r\nPUB $SYS.echo in 2\r\nhi\r\n");
    ASSERT_EQ(transport_.requests.size(), 1U);
    transport_.answer(transport_.requests[0].id, "hi");
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].subject, "in");
    EXPECT_EQ(transport_.published[0].payload, "hi");
    send("PUB $SYS.none in 2\r\nhi\r\n");
    session_->on_request_failed(transport_.requests[1].id, v1::NO_RESPONDERS);
    EXPECT_THAT(heard(), ElementsAre("HMSG in 1 16 16\r\nNATS/1.0 503\r\n\r\n"));
}

TEST_F(NatsSessionTest, WithoutStreamsTheirApiSaysSo) {
    open();
    send(
        "SUB in 1\r\nPUB $JS.API.INFO in 0\r\n\r\nPUB $JS.API.CONSUMER.CREATE.s.c.a.> in 0\r\n\r\n"
        "PUB $JS.API.CONSUMER.MSG.NEXT.s.c in 0\r\n\r\n"
    );
    ASSERT_EQ(transport_.published.size(), 2U);
    EXPECT_EQ(
        transport_.published[0].payload,
        R"({"type":"io.nats.jetstream.api.v1.account_info_response",)"
        R"("error":{"code":503,"err_code":10076,"description":"JetStream not enabled"}})"
    );
    EXPECT_THAT(transport_.published[1].payload, HasSubstr("consumer_create_response"));
    EXPECT_THAT(heard(), ElementsAre("HMSG in 1 16 16\r\nNATS/1.0 503\r\n\r\n"));
}

TEST_F(NatsSessionTest, RequestsOfStreamsWithoutAReplySubjectGoNowhere) {
    open();
    send("SUB > 1\r\nPUB $JS.API.INFO 0\r\n\r\nPUB $JS.API.CONSUMER.CREATE.s.c.a.> 0\r\n\r\n");
    EXPECT_TRUE(transport_.published.empty());
    EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(NatsSessionTest, ReplySubjectsHaveNoWildcards) {
    open();
    send("PUB a $JS.API.> 0\r\n\r\nPUB a b.* 0\r\n\r\n");
    EXPECT_THAT(
        heard(),
        ElementsAre(
            "-ERR 'Permissions Violation for Publish to \"$JS.API.>\"'",
            "-ERR 'Permissions Violation for Publish to \"b.*\"'"
        )
    );
    EXPECT_TRUE(transport_.published.empty());
}

TEST_F(NatsSessionTest, TooManyOutcomesStopTheInput) {
    open();
    for (int i = 0; i < 1024; ++i) {
        EXPECT_TRUE(session_->takes_input());
        send("PUB svc in 0\r\n\r\n");
    }
    EXPECT_FALSE(session_->takes_input());
    session_->on_published(transport_.publish_options[7].confirmation, 1);
    EXPECT_TRUE(session_->takes_input());
    EXPECT_EQ(transport_.resumed, 1);
}

// --- runs ---------------------------------------------------------------------------------------

TEST_F(NatsSessionTest, RepeatedPublicationsAreOneRun) {
    open();
    send("PUB a 2\r\nxx\r\nPUB a 2\r\nyy\r\n");
    EXPECT_TRUE(session_->expects_more());
    const std::vector<codec::FrameAhead> frames = {
        {"PUB a 2\r\nzz", 14}, {"PUB a 2\r\n\r\n", 28}, {"PUB a 2\r\nuu", 42}
    };
    transport_.run_part = 2;
    EXPECT_EQ(session_->on_frames_ahead(frames, nullptr), 2U);
    ASSERT_EQ(transport_.published.size(), 4U);
    EXPECT_EQ(transport_.published[2].body, testing::TestMessage("a", "zz").body());
    EXPECT_EQ(transport_.published[3].payload, "\r\n");
}

TEST_F(NatsSessionTest, RunsOfEmptyPayloadsAreEncodedAsOneByOne) {
    open();
    send("PUB a 0\r\n\r\nPUB a 0\r\n\r\n");
    const std::vector<codec::FrameAhead> frames = {{"PUB a 0\r\n", 11}};
    EXPECT_EQ(session_->on_frames_ahead(frames, nullptr), 1U);
    EXPECT_EQ(transport_.published[2].body, transport_.published[0].body);
}

TEST_F(NatsSessionTest, RunsMayHaveOtherSizes) {
    open();
    const auto command = [](std::size_t size) {
        return "PUB a " + std::to_string(size) + "\r\n" + std::string(size, 'x');
    };
    const std::vector<std::size_t> sizes = {3, 3, 0, 10, 9, 127, 128, 1'024, 100, 1};
    std::vector<std::string> commands;
    commands.reserve(sizes.size());
    std::vector<codec::FrameAhead> frames;
    for (const std::size_t size : sizes) {
        commands.push_back(command(size));
        send(commands.back() + "\r\n");
        EXPECT_TRUE(session_->expects_more() || frames.empty());
        frames.push_back({commands.back(), 0});
    }
    EXPECT_EQ(session_->on_frames_ahead(frames, nullptr), sizes.size());
    ASSERT_EQ(transport_.published.size(), 2 * sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        EXPECT_EQ(transport_.published[sizes.size() + i].body, transport_.published[i].body);
        EXPECT_EQ(transport_.published[sizes.size() + i].payload, std::string(sizes[i], 'x'));
    }
}

TEST_F(NatsSessionTest, RunsEndBeforeALongPayload) {
    open();
    send("PUB a 2\r\nxx\r\nPUB a 2\r\nyy\r\n");
    const std::string longer = "PUB a 1025\r\n" + std::string(1'025, 'x');
    EXPECT_EQ(session_->on_frames_ahead({{{"PUB a 2\r\nzz", 14}, {longer, 0}}}, nullptr), 1U);
    EXPECT_EQ(session_->on_frames_ahead({{{longer, 0}}}, nullptr), 0U);
}

TEST_F(NatsSessionTest, NothingIsRepeatedThatMustBeChecked) {
    for (const std::string command :
         {"PUB a in 2\r\nxx\r\n", "HPUB a 0 2\r\nxx\r\n", "PING\r\n", "PUB $KV.. 2\r\nxx\r\n"}) {
        transport_ = testing::FakeTransport();
        open();
        send("PUB a 2\r\nxx\r\nPUB a 2\r\nxx\r\n");
        EXPECT_TRUE(session_->expects_more());
        send(command);
        EXPECT_FALSE(session_->expects_more() && command[0] == 'P' && command[1] == 'U') << command;
    }
    send("PUB a 2\r\nxx\r\nPUB a 2\r\nxx\r\n");
    session_->on_user_changed();
    send("PUB a 2\r\nxx\r\n");
    EXPECT_FALSE(session_->expects_more());
}

TEST_F(NatsSessionTest, RunsAreDeliveredBySize) {
    open();
    send("SUB a 1\r\n");
    const std::vector<testing::TestMessage*> keep;
    const testing::TestMessage one("a", "xx");
    const testing::TestMessage two("a", "yyy");
    const auto plain = [](const testing::TestMessage& message, std::size_t payload) {
        return wire::PlainMessage{
            message.body(), 2, static_cast<std::uint32_t>(message.body().size() - payload)
        };
    };
    const std::vector<wire::PlainMessage> messages = {plain(one, 2), plain(one, 2), plain(two, 3)};
    const broker::PublicationRun run{"a", messages, nullptr};
    EXPECT_EQ(session_->deliver_run({1, run, 1}), 3U);
    EXPECT_THAT(
        transport_.deliveries, ElementsAre("MSG a 1 2\r\nxx", "MSG a 1 2\r\nxx", "MSG a 1 3\r\nyyy")
    );
}

// --- users --------------------------------------------------------------------------------------

TEST_F(NatsSessionTest, WithoutAUserOnlyConnectIsAccepted) {
    transport_.is_user = &access::anonymous();
    start();
    EXPECT_THAT(heard().at(0), HasSubstr("\"auth_required\":true"));
    EXPECT_EQ(session_->frame_limit(), options_.max_frame_bytes_before_hello);
    send("PING\r\n");
    EXPECT_THAT(heard(), ElementsAre("-ERR 'Authorization Violation'"));
    EXPECT_EQ(transport_.closed, CloseReason::not_authenticated);
}

TEST_F(NatsSessionTest, CredentialsAreChecked) {
    transport_.is_user = &access::anonymous();
    start();
    transport_.take_controls();
    send("CONNECT {\"verbose\":false,\"user\":\"u\",\"pass\":\"p\"}\r\nPING\r\n");
    ASSERT_EQ(transport_.attempts.size(), 1U);
    EXPECT_EQ(transport_.attempts[0].user, "u");
    EXPECT_THAT(heard(), IsEmpty());
    static const access::User user;
    transport_.is_user = &user;
    session_->on_authenticated(access::AuthResult::authenticated);
    EXPECT_THAT(heard(), ElementsAre("PONG"));
    EXPECT_EQ(session_->frame_limit(), SIZE_MAX);
}

// Its subscriptions belong to the user that it was.
TEST_F(NatsSessionTest, CredentialsAfterOtherCommandsEndTheSession) {
    static const access::User guest;
    for (const std::string first : {"SUB a 1\r\n", "CONNECT {}\r\n"}) {
        transport_ = testing::FakeTransport();
        transport_.is_user = &guest;
        start();
        send(first);
        transport_.take_controls();
        send("CONNECT {\"auth_token\":\"t\"}\r\n");
        EXPECT_THAT(heard(), ElementsAre("-ERR 'Authorization Violation'")) << first;
        EXPECT_TRUE(transport_.attempts.empty());
        EXPECT_EQ(transport_.closed, CloseReason::protocol_violation);
    }
}

TEST_F(NatsSessionTest, WithoutUsersCredentialsMeanNothing) {
    start();
    send("SUB a 1\r\n");
    transport_.take_controls();
    send("CONNECT {\"auth_token\":\"t\"}\r\nPING\r\n");
    EXPECT_THAT(heard(), ElementsAre("+OK", "PONG"));
    EXPECT_TRUE(transport_.attempts.empty());
}

TEST_F(NatsSessionTest, WrongCredentialsEndTheSession) {
    transport_.is_user = &access::anonymous();
    transport_.auth_result = access::AuthResult::refused;
    start();
    transport_.take_controls();
    send("CONNECT {\"auth_token\":\"t\"}\r\nPING\r\n");
    EXPECT_THAT(heard(), ElementsAre("-ERR 'Authorization Violation'"));
    EXPECT_EQ(transport_.closed, CloseReason::not_authenticated);
}

TEST_F(NatsSessionTest, TooMuchWhileCredentialsAreCheckedEndsTheSession) {
    transport_.is_user = &access::anonymous();
    options_.max_frame_bytes_before_hello = 1024;
    start();
    send("CONNECT {\"auth_token\":\"t\"}\r\n");
    send("PUB a 1000\r\n" + std::string(1000, 'x') + "\r\nPING\r\n");
    EXPECT_EQ(transport_.closed, CloseReason::frame_too_large);
}

TEST_F(NatsSessionTest, AClientWithoutCredentialsIsGivenTime) {
    transport_.is_user = &access::anonymous();
    start();
    transport_.take_controls();
    transport_.pass(options_.hello_timeout - std::chrono::milliseconds(1));
    EXPECT_FALSE(transport_.closed);
    transport_.pass(std::chrono::milliseconds(1));
    EXPECT_THAT(heard(), ElementsAre("-ERR 'Authentication Timeout'"));
}

TEST_F(NatsSessionTest, KeysSignTheNonce) {
    transport_.is_user = &access::anonymous();
    start();
    const std::string nonce = auth::nkey_nonce(transport_.make_challenge());
    EXPECT_THAT(heard().at(0), HasSubstr("\"nonce\":\"" + nonce + "\""));
    send("CONNECT {\"nkey\":\"UAAA\",\"sig\":\"c2ln\"}\r\n");
    ASSERT_EQ(transport_.attempts.size(), 1U);
    EXPECT_EQ(transport_.attempts[0].kind, access::Credentials::Kind::nkey);
}

// The peer is identified by its certificate meanwhile.
TEST_F(NatsSessionTest, InfoComesBeforeTls) {
    transport_.is_user = &access::anonymous();
    session_ = std::make_unique<NatsSession>(transport_, transport_, options_);
    transport_.bind(*session_);
    const std::string info = session_->before_tls();
    EXPECT_THAT(info, StartsWith("INFO {"));
    EXPECT_THAT(info, HasSubstr("\"auth_required\":true"));
    EXPECT_THAT(info, HasSubstr("\"tls_required\":true"));
    EXPECT_THAT(info, ::testing::EndsWith("}\r\n"));
    static const access::User user;
    transport_.is_user = &user;
    EXPECT_EQ(session_->frame_limit(), SIZE_MAX);
    session_->start();
    send("PING\r\n");
    EXPECT_THAT(heard(), ElementsAre("PONG"));
}

TEST_F(NatsSessionTest, TlsMayComeFirst) {
    options_.protocol = NatsOptions{.handshake_first = true};
    session_ = std::make_unique<NatsSession>(transport_, transport_, options_);
    transport_.bind(*session_);
    EXPECT_EQ(session_->before_tls(), "");
    session_->start();
    EXPECT_THAT(heard().at(0), HasSubstr("\"tls_required\":true"));
}

// --- the end ------------------------------------------------------------------------------------

TEST_F(NatsSessionTest, SilentClientsArePingedTwice) {
    open();
    transport_.pass(*options_.idle_timeout);
    transport_.pass(*options_.idle_timeout);
    EXPECT_THAT(heard(), ElementsAre("PING", "PING"));
    transport_.pass(*options_.idle_timeout);
    EXPECT_THAT(heard(), ElementsAre("-ERR 'Stale Connection'"));
    EXPECT_EQ(transport_.closed, CloseReason::idle_timeout);
}

TEST_F(NatsSessionTest, APongEndsTheSilence) {
    open();
    transport_.pass(*options_.idle_timeout);
    transport_.received = transport_.time;
    transport_.pass(*options_.idle_timeout);
    transport_.received = transport_.time;
    transport_.pass(*options_.idle_timeout);
    EXPECT_THAT(heard(), ElementsAre("PING", "PING", "PING"));
    EXPECT_FALSE(transport_.closed);
}

TEST_F(NatsSessionTest, ADrainIsAnnounced) {
    open();
    session_->on_drain();
    EXPECT_THAT(heard().at(0), HasSubstr("\"ldm\":true"));
    EXPECT_FALSE(transport_.closed);
    send("PING\r\n");
    EXPECT_THAT(heard(), ElementsAre("PONG"));
}

TEST_F(NatsSessionTest, HalfCloseWaitsForAnswers) {
    transport_.answers_at_once = false;
    open();
    send("PING\r\nPUB svc in 0\r\n\r\n");
    session_->on_end_of_input();
    session_->on_flushed(0);
    EXPECT_FALSE(transport_.closed);
    session_->on_published(transport_.publish_options[0].confirmation, 1);
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

struct Text {
    Refusal refusal;
    std::string line;
};

TEST_F(NatsSessionTest, ErrorsHaveTheTextsThatClientsSurvive) {
    using codec::FrameError;
    const std::vector<Text> texts = {
        {{.code = v1::FRAME_TOO_LARGE, .closing = true, .framing = FrameError::too_large},
         "-ERR 'Maximum Payload Violation'"},
        {{.code = v1::BAD_FRAME, .closing = true, .framing = FrameError::head_too_large},
         "-ERR 'maximum control line exceeded'"},
        {{.code = v1::BAD_FRAME, .closing = true, .framing = FrameError::bad_trailer},
         "-ERR 'Unknown Protocol Operation'"},
        {{.code = v1::SLOW_CONSUMER, .closing = true, .pending_bytes = 7, .limit = 5},
         "-ERR 'Permissions Violation: slow consumer, 7 bytes pending, limit 5'"},
        {{.code = v1::PERMISSION_DENIED, .text = "it's 'x'\r\n", .subscription = 5},
         "-ERR 'Permissions Violation: it\\x27s \\x27x\\x27\\x0d\\x0a'"},
    };
    for (const Text& text : texts) {
        transport_ = testing::FakeTransport();
        open();
        session_->refuse(text.refusal);
        EXPECT_THAT(heard(), ElementsAre(text.line));
    }
}

TEST_F(NatsSessionTest, ClientsThatMayComeBackAreNotToldAnError) {
    open();
    session_->refuse({.code = v1::KICKED, .text = "kicked", .closing = true});
    EXPECT_THAT(heard().at(0), HasSubstr("\"ldm\":true"));
}

TEST_F(NatsSessionTest, RejectedPeersGetInfoFirst) {
    session_ = std::make_unique<NatsSession>(transport_, transport_, options_);
    session_->refuse({.code = v1::TOO_MANY_CONNECTIONS, .text = "full", .closing = true});
    const auto lines = heard();
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_THAT(lines[0], StartsWith("INFO {"));
    EXPECT_EQ(lines[1], "-ERR 'maximum connections exceeded'");
}

TEST_F(NatsSessionTest, RefusedSubscriptionsAreNamed) {
    options_.max_subscriptions = 1;
    open();
    send("SUB a 1\r\nSUB b 2\r\n");
    EXPECT_THAT(
        heard(),
        ElementsAre("-ERR 'Permissions Violation for Subscription to \"b\", too many subscriptions'"
        )
    );
}

}  // namespace
}  // namespace telex::session::nats
