#include "client/backoff.hpp"

#include <gtest/gtest.h>

namespace telex::client {
namespace {

using namespace std::chrono_literals;

ReconnectOptions options(double jitter) {
    ReconnectOptions options;
    options.initial_delay = 100ms;
    options.max_delay = 500ms;
    options.jitter = jitter;
    return options;
}

TEST(Backoff, DoublesUpToTheLargestDelay) {
    Backoff backoff(options(0.0));
    EXPECT_EQ(backoff.next(0.9), 100ms);
    EXPECT_EQ(backoff.next(0.9), 200ms);
    EXPECT_EQ(backoff.next(0.9), 400ms);
    EXPECT_EQ(backoff.next(0.9), 500ms);
    EXPECT_EQ(backoff.next(0.9), 500ms);
}

TEST(Backoff, JitterSubtractsARandomPart) {
    Backoff backoff(options(0.5));
    EXPECT_EQ(backoff.next(0.0), 100ms);
    EXPECT_EQ(backoff.next(0.5), 150ms);
    EXPECT_EQ(backoff.next(1.0), 200ms);
}

TEST(Backoff, AShortConnectionDoesNotResetIt) {
    Backoff backoff(options(0.0));
    (void)backoff.next(0.0);
    (void)backoff.next(0.0);
    backoff.connection_lived(399ms);
    EXPECT_EQ(backoff.next(0.0), 400ms);
}

TEST(Backoff, ALongConnectionResetsIt) {
    Backoff backoff(options(0.0));
    (void)backoff.next(0.0);
    (void)backoff.next(0.0);
    backoff.connection_lived(400ms);
    EXPECT_EQ(backoff.next(0.0), 100ms);
}

TEST(Backoff, AGoodbyeResetsItHoweverShortTheConnectionWas) {
    Backoff backoff(options(0.0));
    (void)backoff.next(0.0);
    (void)backoff.next(0.0);
    backoff.connection_lived(1ms);
    backoff.connection_ended_in_order();
    EXPECT_EQ(backoff.next(0.0), 100ms);
}

}  // namespace
}  // namespace telex::client
