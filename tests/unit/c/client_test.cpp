#include "unit/c/support.hpp"

#include <string>

namespace telex::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CConnect, FailsWithoutAServer) {
    const COwner<telex_options> options(telex_options_new());
    ASSERT_EQ(telex_options_add_server(options.get(), dead_url().c_str()), TELEX_OK);
    telex_client* client = nullptr;
    EXPECT_EQ(telex_connect(options.get(), &client), TELEX_CONNECT_FAILED);
    EXPECT_EQ(client, nullptr);
    EXPECT_THAT(telex_error_text(), HasSubstr("refused"));
}

TEST(CClient, KnowsItsServerAndState) {
    const CPair pair;
    EXPECT_EQ(telex_client_status(pair.get()), TELEX_STATUS_CONNECTED);
    EXPECT_STREQ(telex_status_name(telex_client_status(pair.get())), "connected");
    EXPECT_EQ(telex_client_statistic(pair.get(), TELEX_CONNECTS), 1U);
    EXPECT_EQ(telex_client_statistic(pair.get(), static_cast<telex_statistic>(99)), 0U);
    telex_server_info* info = nullptr;
    ASSERT_EQ(telex_client_server_info(pair.get(), &info), TELEX_OK);
    const COwner<telex_server_info> owner(info);
    EXPECT_EQ(telex_server_info_text(info, TELEX_SERVER_URL), pair.server.url());
    EXPECT_EQ(telex_server_info_number(info, TELEX_SERVER_PROTOCOL_VERSION), 1U);
    EXPECT_STREQ(telex_server_info_text(info, static_cast<telex_server_text>(0)), "");
    EXPECT_EQ(telex_server_info_number(info, static_cast<telex_server_number>(99)), 0U);
}

TEST(CClient, HasNoServerBeforeTheFirstConnection) {
    const COwner<telex_options> options(telex_options_new());
    ASSERT_EQ(telex_options_add_server(options.get(), dead_url().c_str()), TELEX_OK);
    telex_client* client = nullptr;
    ASSERT_EQ(telex_connect_in_background(options.get(), &client), TELEX_OK);
    const COwner<telex_client> owner(client);
    telex_server_info* info = nullptr;
    EXPECT_EQ(telex_client_server_info(client, &info), TELEX_DISCONNECTED);
    EXPECT_EQ(info, nullptr);
    EXPECT_EQ(telex_client_status(client), TELEX_STATUS_CONNECTING);
}

TEST(CClient, CallsItsHandlers) {
    struct Seen {
        Collected<std::string> connected;
        Collected<int> lost;
        Collected<int> errors;
        Collected<int> closed;
    } seen;

    {
        CPair pair([&seen](telex_options* options) {
            const int set = telex_options_set_handlers(
                options,
                [](void* context, const telex_server_info* server) {
                    static_cast<Seen*>(context)->connected.add(
                        telex_server_info_text(server, TELEX_SERVER_URL)
                    );
                },
                [](void* context, const telex_error* error) {
                    static_cast<Seen*>(context)->lost.add(error->code);
                },
                [](void* context, const telex_error* error) {
                    static_cast<Seen*>(context)->errors.add(error->code);
                },
                [](void* context) { static_cast<Seen*>(context)->closed.add(1); },
                &seen
            );
            EXPECT_EQ(set, TELEX_OK);
            EXPECT_EQ(telex_options_set_number(options, TELEX_RECONNECT, 0), TELEX_OK);
        });
        EXPECT_THAT(seen.connected.wait(1), ElementsAre(pair.server.url()));
        pair.peer.send_error(v1::PERMISSION_DENIED, false);
        EXPECT_THAT(seen.errors.wait(1), ElementsAre(TELEX_PERMISSION_DENIED));
        pair.peer.send_error(v1::KICKED, true);
        pair.peer.close();
        EXPECT_THAT(seen.lost.wait(1), ElementsAre(67));
        EXPECT_THAT(seen.closed.wait(1), ElementsAre(1));
    }
    EXPECT_EQ(seen.closed.wait(1).size(), 1U);
}

TEST(CClient, AnErrorWithoutACodeIsUnspecified) {
    Collected<int> errors;
    CPair pair([&errors](telex_options* options) {
        const auto add = [](void* context, const telex_error* error) {
            static_cast<Collected<int>*>(context)->add(error->code);
        };
        EXPECT_EQ(
            telex_options_set_handlers(options, nullptr, nullptr, add, nullptr, &errors), TELEX_OK
        );
    });
    pair.peer.send_error(v1::ERROR_CODE_UNSPECIFIED, false);
    EXPECT_THAT(errors.wait(1), ElementsAre(TELEX_UNSPECIFIED));
}

TEST(CFlush, ReturnsAfterTheConfirmation) {
    CPair pair;
    auto flushing = meanwhile([&] { return telex_flush(pair.get(), -1); });
    pair.peer.answer_flush();
    EXPECT_EQ(flushing.get(), TELEX_OK);
    EXPECT_EQ(telex_flush(pair.get(), 0), TELEX_TIMEOUT);
}

TEST(CDrain, ClosesTheClient) {
    CPair pair;
    auto draining = meanwhile([&] { return telex_drain(pair.get(), 5'000); });
    pair.peer.answer_flush();
    (void)pair.peer.read_until(v1::Frame::kGoodbye);
    pair.peer.close();
    EXPECT_EQ(draining.get(), TELEX_OK);
    EXPECT_EQ(telex_client_status(pair.get()), TELEX_STATUS_CLOSED);
}

// Every call on a closed client returns an error, and every getter still works.
TEST(CClosed, RefusesEveryCall) {
    CPair pair;
    COwner<telex_subscription> subscription;
    pair.subscribe(subscription);
    pair.peer.close();
    telex_close(pair.get());
    telex_close(pair.get());
    telex_message* message = nullptr;
    telex_subscription* made = nullptr;
    telex_client* const client = pair.get();
    const auto handler = [](void*, const telex_message*, const telex_error*) { FAIL(); };
    EXPECT_EQ(telex_publish(client, "a", "", 0, nullptr), TELEX_CLOSED);
    EXPECT_EQ(telex_request(client, "a", "", 0, nullptr, 1, &message), TELEX_CLOSED);
    EXPECT_EQ(telex_request_async(client, "a", "", 0, nullptr, 1, handler, nullptr), TELEX_CLOSED);
    EXPECT_EQ(telex_subscribe(client, "a", nullptr, nullptr, nullptr, &made), TELEX_CLOSED);
    EXPECT_EQ(telex_flush(client, 0), TELEX_CLOSED);
    EXPECT_EQ(telex_drain(client, 0), TELEX_CLOSED);
    EXPECT_EQ(telex_client_status(client), TELEX_STATUS_CLOSED);
    EXPECT_EQ(telex_client_statistic(client, TELEX_CONNECTS), 1U);
    EXPECT_EQ(telex_next(subscription.get(), 0, &message), TELEX_CLOSED);
    EXPECT_EQ(telex_subscription_active(subscription.get()), 0);
}

TEST(CClosed, SubscriptionsMayOutliveTheirClient) {
    COwner<telex_subscription> subscription;
    {
        CPair pair;
        pair.subscribe(subscription);
        pair.peer.close();
    }
    telex_message* message = nullptr;
    EXPECT_EQ(telex_next(subscription.get(), 0, &message), TELEX_CLOSED);
    EXPECT_EQ(telex_subscription_drain(subscription.get(), 0), TELEX_CLOSED);
    EXPECT_STREQ(telex_subscription_filter(subscription.get()), "a.>");
}

}  // namespace
}  // namespace telex::test
