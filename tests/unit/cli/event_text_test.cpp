#include "cli/messages/event_text.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

constexpr std::int64_t kTime = 1'795'286'400'000'123'000;
const std::string kShownTime = "2026-11-21 18:40:00.000123  ";

v1::Event event() {
    v1::Event event;
    event.set_unix_nanoseconds(kTime);
    return event;
}

void fill(v1::ConnectionInfo& connection) {
    connection.set_number(12);
    connection.set_listener("native");
    connection.set_peer("10.0.0.1:5");
    connection.set_user("anna");
    connection.set_client_name("app\x1b[2J");
}

const std::string kConnection = "#12 native 10.0.0.1:5 user anna client app\\x1b[2J";

TEST(EventText, OfConnections) {
    v1::Event connect = event();
    fill(*connect.mutable_connect()->mutable_connection());
    EXPECT_EQ(event_text(connect), kShownTime + "connect  " + kConnection);

    v1::Event disconnect = event();
    v1::ConnectionInfo& connection = *disconnect.mutable_disconnect()->mutable_connection();
    fill(connection);
    connection.set_close_reason("kicked");
    connection.set_closed_unix_nanoseconds(3'000'000'000);
    connection.set_received_bytes(1'536);
    EXPECT_EQ(
        event_text(disconnect),
        kShownTime + "disconnect  " + kConnection +
            ": kicked after 00:00:03, received 1.5 KiB, sent 0 B"
    );
}

TEST(EventText, OfRefusalsAndSlowConsumers) {
    v1::Event failure = event();
    fill(*failure.mutable_authentication_failure()->mutable_connection());
    failure.mutable_authentication_failure()->set_code(v1::NOT_AUTHENTICATED);
    failure.set_suppressed(3);
    EXPECT_EQ(
        event_text(failure),
        kShownTime + "authentication failure  " + kConnection +
            ": not authenticated  (3 earlier ones suppressed)"
    );

    v1::Event slow = event();
    fill(*slow.mutable_slow_consumer()->mutable_connection());
    slow.mutable_slow_consumer()->set_action(v1::SlowConsumerEvent::BLOCK_EXPIRED);
    slow.mutable_slow_consumer()->set_limit_bytes(1'024);
    slow.mutable_slow_consumer()->set_subscription(7);
    EXPECT_EQ(
        event_text(slow),
        kShownTime + "slow consumer  " + kConnection +
            ": block expired, over 1.0 KiB pending, subscription 7"
    );
}

TEST(EventText, OfReloads) {
    v1::Event good = event();
    good.mutable_reload()->set_succeeded(true);
    good.mutable_reload()->add_changed_paths("users[a\n]");
    good.mutable_reload()->add_changed_paths("log.level");
    EXPECT_EQ(
        event_text(good), kShownTime + "reload  succeeded; changed: users[a\\x0a], log.level"
    );

    v1::Event bad = event();
    bad.mutable_reload()->set_error(v1::AdminError::NEEDS_RESTART);
    EXPECT_EQ(event_text(bad), kShownTime + "reload  failed: needs restart");
}

TEST(EventText, OfANewerExchange) {
    EXPECT_EQ(event_text(event()), kShownTime + "unknown event of a newer exchange");
}

}  // namespace
}  // namespace telex::cli
