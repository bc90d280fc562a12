#include "client/server_round.hpp"

#include <gtest/gtest.h>

namespace telex::client {
namespace {

ServerRound round_of(const std::vector<std::string>& urls) {
    ServerRound round(parse_servers(urls).value());
    round.begin();
    return round;
}

TEST(ServerRound, TriesEachServerAndReportsItsFailure) {
    ServerRound round = round_of({"tcp://a:1", "tcp://b:2"});
    EXPECT_EQ(round.current().url, "tcp://a:1");
    round.fail({Errc::disconnected, "refused"});
    EXPECT_FALSE(round.is_over());
    EXPECT_EQ(round.current().url, "tcp://b:2");
    round.fail({Errc::timeout, "silent"});
    EXPECT_TRUE(round.is_over());
    EXPECT_EQ(round.failures(), "tcp://a:1: refused; tcp://b:2: silent");
    round.begin();
    EXPECT_EQ(round.current().url, "tcp://a:1");
    EXPECT_EQ(round.failures(), "");
}

TEST(ServerRound, EndsAtRejectedCredentials) {
    for (const Errc code : {Errc::not_authenticated, Errc::authentication_busy}) {
        ServerRound round = round_of({"tcp://a:1", "tcp://b:2", "tcp://c:3"});
        round.fail({Errc::disconnected, "refused"});
        round.fail({code, "no"});
        EXPECT_TRUE(round.is_over());
        round.begin();
        EXPECT_EQ(round.current().url, "tcp://a:1") << "the servers behind it are never reached";
    }
}

TEST(ServerRound, BeginsAfterTheServerThatSentGoodbye) {
    ServerRound round = round_of({"tcp://a:1", "tcp://b:2", "tcp://c:3"});
    round.fail({Errc::disconnected, "refused"});
    round.leave(true);
    EXPECT_TRUE(round.is_over());
    round.begin();
    EXPECT_EQ(round.current().url, "tcp://c:3");
    round.fail({Errc::disconnected, "refused"});
    EXPECT_EQ(round.current().url, "tcp://a:1");
    round.leave(false);
    round.begin();
    EXPECT_EQ(round.current().url, "tcp://a:1");
}

TEST(ServerRound, ListsUntrustedServersSeparately) {
    ServerRound round = round_of({"unix:///a", "tcp://b:2"});
    round.fail({Errc::untrusted_server, "not used: / belongs to user 7"});
    round.note({Errc::disconnected, "refused"});
    EXPECT_EQ(round.untrusted(), "unix:///a: not used: / belongs to user 7");
    EXPECT_EQ(round.failures(), "unix:///a: not used: / belongs to user 7; tcp://b:2: refused");
    EXPECT_EQ(round.current().url, "tcp://b:2") << "a note is not the end of a server";
    round.begin();
    EXPECT_EQ(round.untrusted(), "");
}

}  // namespace
}  // namespace telex::client
