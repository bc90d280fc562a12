// Every event in every state, without sockets and clock.
#include "client/connection_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace telex::client {
namespace {

using namespace std::chrono_literals;
using State = ConnectionMachine::State;
using Step = ConnectionMachine::Step;
using Kind = Step::Kind;
using ::testing::ElementsAre;

constexpr TimePoint kMachineStart{100s};
const Error kRefused{Errc::disconnected, "Connection refused"};
const Error kLost{Errc::disconnected, "the server closed the connection"};
const Error kGoodbye{Errc::shutting_down, "bye"};
const Error kKicked{Errc::kicked, "by the operator"};

ClientOptions usual_options() {
    ClientOptions options;
    options.attempt_timeout = 2s;
    options.close_timeout = 3s;
    options.ping_interval = 30s;
    options.reconnect.initial_delay = 100ms;
    options.reconnect.max_delay = 1s;
    options.reconnect.jitter = 0;
    return options;
}

std::vector<Endpoint> servers(std::initializer_list<const char*> urls) {
    std::vector<Endpoint> all;
    for (const char* const url : urls) {
        all.emplace_back().url = url;
    }
    return all;
}

class ConnectionMachineTest : public ::testing::Test {
protected:
    ConnectionMachine machine(
        ClientOptions options = usual_options(), std::initializer_list<const char*> urls = {"a"}
    ) {
        return {servers(urls), options};
    }

    // A machine whose connection is in this state.
    ConnectionMachine in(State state) {
        ConnectionMachine made = machine();
        if (state == State::searching) {
            EXPECT_EQ(made.start(kMachineStart).kind, Kind::open);
            EXPECT_EQ(made.on_refused(kRefused, kMachineStart).kind, Kind::none);
            return made;
        }
        if (state == State::closed) {
            EXPECT_EQ(made.on_close(kMachineStart).kind, Kind::finish);
            return made;
        }
        EXPECT_EQ(made.start(kMachineStart).kind, Kind::open);
        if (state != State::attempting) {
            made.on_activity(kMachineStart);
            made.on_welcome(kMachineStart);
        }
        if (state == State::leaving) {
            made.on_goodbye(kGoodbye, true, kMachineStart);
            made.on_work(true, kMachineStart);
        }
        EXPECT_EQ(made.state(), state);
        return made;
    }
};

// --- looking for a server --------------------------------------------------------------------

TEST_F(ConnectionMachineTest, TriesTheServersInTurnThenWaits) {
    ConnectionMachine tried = machine(usual_options(), {"a", "b"});
    EXPECT_EQ(tried.start(kMachineStart).kind, Kind::open);
    EXPECT_EQ(tried.server().url, "a");
    EXPECT_EQ(tried.next_time(), kMachineStart + 2s);

    Step step = tried.on_end(kRefused, false, kMachineStart);
    EXPECT_EQ(step.kind, Kind::none) << "by the timer, not by recursion";
    EXPECT_FALSE(step.failed);
    EXPECT_EQ(tried.next_time(), TimePoint::min());
    EXPECT_EQ(tried.on_time(kMachineStart).kind, Kind::open);
    EXPECT_EQ(tried.server().url, "b");

    step = tried.on_refused(kRefused, kMachineStart);
    EXPECT_EQ(step.kind, Kind::none);
    ASSERT_TRUE(step.failed);
    EXPECT_EQ(step.failed->code, Errc::connect_failed);
    EXPECT_EQ(step.failed->text, "a: Connection refused; b: Connection refused");
    EXPECT_EQ(step.rounds, 1U);
    EXPECT_FALSE(step.lost);
    EXPECT_EQ(tried.next_time(), kMachineStart + 100ms);
    EXPECT_EQ(tried.on_time(kMachineStart + 99ms).kind, Kind::none);

    EXPECT_EQ(tried.on_time(kMachineStart + 100ms).kind, Kind::open);
    EXPECT_EQ(tried.server().url, "a");
    EXPECT_EQ(tried.on_refused(kRefused, kMachineStart + 100ms).kind, Kind::none);
    EXPECT_EQ(tried.on_time(kMachineStart + 100ms).kind, Kind::open);
    EXPECT_EQ(tried.on_refused(kRefused, kMachineStart + 100ms).rounds, 2U);
    EXPECT_EQ(tried.next_time(), kMachineStart + 300ms) << "the delay grows";
}

TEST_F(ConnectionMachineTest, AWelcomeEndsTheCountOfRounds) {
    ConnectionMachine tried = in(State::searching);
    EXPECT_EQ(tried.on_time(kMachineStart + 1s).kind, Kind::open);
    tried.on_welcome(kMachineStart + 1s);
    EXPECT_TRUE(tried.on_end(kLost, false, kMachineStart + 2s).lost);
    EXPECT_EQ(tried.on_time(kMachineStart + 9s).kind, Kind::open);
    EXPECT_EQ(tried.on_refused(kRefused, kMachineStart + 9s).rounds, 1U);
}

TEST_F(ConnectionMachineTest, TriesOtherAddressesInTheTimeOfTheAttempt) {
    ConnectionMachine tried = in(State::attempting);
    tried.on_closing_error(kKicked, kMachineStart + 1s);
    EXPECT_EQ(tried.on_end(kRefused, true, kMachineStart + 1s).kind, Kind::open_other);
    EXPECT_EQ(tried.state(), State::attempting);
    EXPECT_EQ(tried.next_time(), kMachineStart + 2s)
        << "what the first address announced is forgotten";
    const Step step = tried.on_end(kRefused, true, kMachineStart + 2s);
    ASSERT_TRUE(step.failed);
    EXPECT_EQ(step.failed->text, "a: by the operator; a: Connection refused");
}

TEST_F(ConnectionMachineTest, WithoutWelcomeTheAttemptEnds) {
    ConnectionMachine tried = in(State::attempting);
    EXPECT_EQ(tried.on_time(kMachineStart + 1s).kind, Kind::none);
    const Step step = tried.on_time(kMachineStart + 2s);
    EXPECT_EQ(step.kind, Kind::disconnect);
    EXPECT_EQ(step.reason.code, Errc::timeout);
    EXPECT_TRUE(tried.on_end(step.reason, false, kMachineStart + 2s).failed);
}

TEST_F(ConnectionMachineTest, CredentialsThatAreRejectedEndTheSearch) {
    for (const bool has_others : {false, true}) {
        ConnectionMachine tried = machine(usual_options(), {"a", "b"});
        EXPECT_EQ(tried.start(kMachineStart).kind, Kind::open);
        tried.on_closing_error({Errc::not_authenticated, "no"}, kMachineStart);
        tried.on_work(false, kMachineStart);
        EXPECT_TRUE(tried.ends());
        const Step step = tried.on_end(kLost, has_others, kMachineStart);
        EXPECT_EQ(step.kind, Kind::finish);
        EXPECT_EQ(step.reason.code, Errc::not_authenticated);
        EXPECT_EQ(step.failed, step.reason);
        EXPECT_EQ(tried.state(), State::closed);
        EXPECT_EQ(tried.next_time(), std::nullopt);
    }
}

TEST_F(ConnectionMachineTest, ABusyServerIsTriedAgain) {
    ConnectionMachine tried = machine(usual_options(), {"a", "b"});
    EXPECT_EQ(tried.start(kMachineStart).kind, Kind::open);
    tried.on_closing_error({Errc::authentication_busy, "later"}, kMachineStart);
    const Step step = tried.on_end(kLost, false, kMachineStart);
    EXPECT_EQ(step.kind, Kind::none);
    ASSERT_TRUE(step.failed) << "the other server does not see the credentials";
    EXPECT_EQ(step.failed->code, Errc::authentication_busy);
    EXPECT_EQ(tried.on_time(kMachineStart + 100ms).kind, Kind::open);
}

TEST_F(ConnectionMachineTest, GivesUpAfterTheLastRound) {
    ClientOptions options = usual_options();
    options.reconnect.max_rounds = 2;
    ConnectionMachine tried = machine(options);
    EXPECT_EQ(tried.start(kMachineStart).kind, Kind::open);
    EXPECT_EQ(tried.on_refused(kRefused, kMachineStart).kind, Kind::none);
    EXPECT_EQ(tried.on_time(kMachineStart + 1s).kind, Kind::open);
    const Step step = tried.on_refused(kRefused, kMachineStart + 1s);
    EXPECT_EQ(step.kind, Kind::finish);
    EXPECT_EQ(step.rounds, 2U);
    EXPECT_EQ(tried.state(), State::closed);
}

TEST_F(ConnectionMachineTest, GivesUpAfterTheFirstRoundWithoutReconnect) {
    ClientOptions options = usual_options();
    options.reconnect.enabled = false;
    ConnectionMachine tried = machine(options);
    EXPECT_EQ(tried.start(kMachineStart).kind, Kind::open);
    EXPECT_EQ(tried.on_refused(kRefused, kMachineStart).kind, Kind::finish);
}

// --- a connection and its end ----------------------------------------------------------------

TEST_F(ConnectionMachineTest, AConnectionThatIsLostComesBackAfterADelay) {
    ConnectionMachine connected = in(State::connected);
    const Step step = connected.on_end(kLost, true, kMachineStart + 10s);
    EXPECT_EQ(step.kind, Kind::none);
    EXPECT_EQ(step.lost, kLost);
    EXPECT_FALSE(step.failed);
    EXPECT_EQ(connected.state(), State::searching);
    EXPECT_EQ(connected.next_time(), kMachineStart + 10s + 100ms);
    EXPECT_EQ(connected.on_time(kMachineStart + 11s).kind, Kind::open);
}

TEST_F(ConnectionMachineTest, AConnectionThatIsLostIsTheLastWithoutReconnect) {
    ClientOptions options = usual_options();
    options.reconnect.enabled = false;
    ConnectionMachine connected = machine(options);
    EXPECT_EQ(connected.start(kMachineStart).kind, Kind::open);
    connected.on_welcome(kMachineStart);
    const Step step = connected.on_end(kLost, false, kMachineStart + 1s);
    EXPECT_EQ(step.lost, kLost);
    EXPECT_EQ(step.kind, Kind::finish);
    EXPECT_EQ(step.reason, kLost);
}

TEST_F(ConnectionMachineTest, AfterGoodbyeAnotherServerIsTriedAtOnce) {
    ConnectionMachine connected = machine(usual_options(), {"a", "b"});
    EXPECT_EQ(connected.start(kMachineStart).kind, Kind::open);
    connected.on_welcome(kMachineStart);
    connected.on_goodbye(kGoodbye, true, kMachineStart + 1s);
    connected.on_work(false, kMachineStart + 1s);
    EXPECT_EQ(connected.state(), State::leaving);
    EXPECT_TRUE(connected.ends());
    EXPECT_EQ(connected.on_end(kLost, false, kMachineStart + 1s).lost, kGoodbye);
    EXPECT_EQ(connected.on_time(kMachineStart + 1s).kind, Kind::open);
    EXPECT_EQ(connected.server().url, "b");
}

TEST_F(ConnectionMachineTest, AfterAGoodbyeThatDoesNotAskForItTheDelayIsTheUsualOne) {
    ConnectionMachine connected = machine(usual_options(), {"a", "b"});
    EXPECT_EQ(connected.start(kMachineStart).kind, Kind::open);
    connected.on_welcome(kMachineStart);
    connected.on_goodbye(kGoodbye, false, kMachineStart + 1s);
    EXPECT_EQ(connected.on_end(kLost, false, kMachineStart + 1s).lost, kGoodbye);
    EXPECT_EQ(connected.next_time(), kMachineStart + 1s + 100ms);
    EXPECT_EQ(connected.on_time(kMachineStart + 2s).kind, Kind::open);
    EXPECT_EQ(connected.server().url, "a");
}

TEST_F(ConnectionMachineTest, AServerThatLeavesKeepsAClientWithWork) {
    ConnectionMachine leaving = in(State::leaving);
    EXPECT_FALSE(leaving.ends());
    EXPECT_EQ(leaving.next_time(), kMachineStart + 30s) << "a Ping";
    leaving.on_work(false, kMachineStart + 5s);
    EXPECT_TRUE(leaving.ends());
    EXPECT_EQ(leaving.next_time(), kMachineStart + 5s + Leaving::kMoment);
    const Step step = leaving.on_time(kMachineStart + 5s + Leaving::kMoment);
    EXPECT_EQ(step.kind, Kind::disconnect);
    EXPECT_EQ(leaving.on_end(step.reason, false, kMachineStart + 7s).lost, kGoodbye);
}

TEST_F(ConnectionMachineTest, AClosingErrorEndsTheStay) {
    ConnectionMachine connected = in(State::connected);
    connected.on_closing_error(kKicked, kMachineStart + 1s);
    connected.on_work(true, kMachineStart + 1s);
    EXPECT_EQ(connected.state(), State::leaving);
    EXPECT_TRUE(connected.ends());
    EXPECT_EQ(connected.on_end(kLost, false, kMachineStart + 1s).lost, kKicked);
}

TEST_F(ConnectionMachineTest, AServerThatLeavesBeforeWelcomeStillLeavesAfterIt) {
    ConnectionMachine attempting = in(State::attempting);
    attempting.on_goodbye(kGoodbye, true, kMachineStart);
    attempting.on_work(false, kMachineStart);
    EXPECT_EQ(attempting.state(), State::attempting);
    attempting.on_welcome(kMachineStart);
    EXPECT_EQ(attempting.state(), State::leaving);
    EXPECT_EQ(attempting.on_end(kLost, false, kMachineStart).lost, kGoodbye);
}

// --- silence ---------------------------------------------------------------------------------

TEST_F(ConnectionMachineTest, ASilentServerGetsAPingThenIsLeft) {
    for (const State state : {State::connected, State::leaving}) {
        ConnectionMachine made = in(state);
        EXPECT_EQ(made.next_time(), kMachineStart + 30s);
        EXPECT_EQ(made.on_time(kMachineStart + 29s).kind, Kind::none);
        EXPECT_EQ(made.on_time(kMachineStart + 30s).kind, Kind::ping);
        EXPECT_EQ(made.next_time(), kMachineStart + 60s);
        EXPECT_EQ(made.on_time(kMachineStart + 31s).kind, Kind::none) << "once";
        const Step step = made.on_time(kMachineStart + 60s);
        EXPECT_EQ(step.kind, Kind::disconnect);
        EXPECT_EQ(step.reason.text, "the server is silent");
        EXPECT_EQ(
            made.on_end(step.reason, false, kMachineStart + 60s).lost->code,
            state == State::leaving ? kGoodbye.code : Errc::disconnected
        );
    }
}

TEST_F(ConnectionMachineTest, AnyByteEndsTheSilence) {
    ConnectionMachine connected = in(State::connected);
    EXPECT_EQ(connected.on_time(kMachineStart + 30s).kind, Kind::ping);
    connected.on_activity(kMachineStart + 31s);
    EXPECT_EQ(connected.next_time(), kMachineStart + 61s);
    EXPECT_EQ(connected.on_time(kMachineStart + 61s).kind, Kind::ping);
}

TEST_F(ConnectionMachineTest, AnIdleClientThatLeavesSendsNoPing) {
    ConnectionMachine leaving = in(State::leaving);
    leaving.on_work(false, kMachineStart + 29s);
    EXPECT_EQ(leaving.on_time(kMachineStart + 30s).kind, Kind::none);
}

// --- close -----------------------------------------------------------------------------------

TEST_F(ConnectionMachineTest, ClosesAtOnceWithoutAConnection) {
    for (const State state : {State::searching, State::attempting}) {
        ConnectionMachine made = in(state);
        const Step step = made.on_close(kMachineStart + 1s);
        EXPECT_EQ(step.kind, Kind::finish);
        EXPECT_EQ(step.reason.code, Errc::closed);
        EXPECT_EQ(made.state(), State::closed);
        EXPECT_EQ(made.next_time(), std::nullopt);
    }
}

TEST_F(ConnectionMachineTest, ClosesWhenTheServerDoes) {
    for (const State state : {State::connected, State::leaving}) {
        ConnectionMachine made = in(state);
        EXPECT_EQ(made.on_close(kMachineStart + 1s).kind, Kind::none);
        EXPECT_TRUE(made.ends());
        EXPECT_EQ(made.next_time(), kMachineStart + 4s);
        const Step step = made.on_end(kLost, false, kMachineStart + 2s);
        EXPECT_EQ(step.kind, Kind::finish);
        EXPECT_EQ(step.lost, state == State::leaving ? kGoodbye : kLost);
        EXPECT_EQ(made.next_time(), std::nullopt);
    }
}

TEST_F(ConnectionMachineTest, ClosesAfterItsTimeIfTheServerDoesNot) {
    for (const State state : {State::connected, State::leaving}) {
        ConnectionMachine made = in(state);
        EXPECT_EQ(made.on_close(kMachineStart + 1s).kind, Kind::none);
        EXPECT_EQ(made.on_time(kMachineStart + 3s).kind, Kind::none);
        const Step step = made.on_time(kMachineStart + 4s);
        EXPECT_EQ(step.kind, Kind::finish);
        EXPECT_EQ(step.reason.code, Errc::closed);
        EXPECT_FALSE(step.lost);
    }
}

TEST_F(ConnectionMachineTest, DoesNothingOnceClosed) {
    ConnectionMachine closed = in(State::closed);
    EXPECT_EQ(closed.on_time(kMachineStart + 24h).kind, Kind::none);
    EXPECT_EQ(closed.next_time(), std::nullopt);
    closed.on_work(true, kMachineStart);
    EXPECT_EQ(closed.next_time(), std::nullopt);
}

TEST_F(ConnectionMachineTest, TakesTimeoutsOfAnyLength) {
    ClientOptions options = usual_options();
    options.attempt_timeout = std::chrono::milliseconds::max();
    options.close_timeout = std::chrono::milliseconds::max();
    ConnectionMachine made = machine(options);
    EXPECT_EQ(made.start(kMachineStart).kind, Kind::open);
    EXPECT_GT(made.next_time(), kMachineStart + 24h);
    made.on_welcome(kMachineStart);
    EXPECT_EQ(made.on_close(kMachineStart).kind, Kind::none);
    EXPECT_EQ(made.on_time(kMachineStart + 24h).kind, Kind::disconnect) << "the server is silent";
}

}  // namespace
}  // namespace telex::client
