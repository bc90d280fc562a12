#include "server/connection/lifecycle.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

using Phase = Lifecycle::Phase;
using session::CloseReason;
using std::chrono::seconds;

constexpr TimePoint kCloseTime{seconds(100)};

Lifecycle open_connection() {
    Lifecycle lifecycle;
    lifecycle.begin_session();
    lifecycle.authenticated();
    return lifecycle;
}

TEST(Lifecycle, GoesThroughItsPhases) {
    Lifecycle lifecycle;
    EXPECT_FALSE(lifecycle.is_live());
    lifecycle.begin_handshake(kCloseTime + seconds(5));
    EXPECT_EQ(lifecycle.deadline(), kCloseTime + seconds(5));
    EXPECT_FALSE(lifecycle.has_session());
    lifecycle.begin_session();
    EXPECT_TRUE(lifecycle.is(Phase::pre_auth));
    EXPECT_TRUE(lifecycle.is_live());
    EXPECT_EQ(lifecycle.deadline(), TimePoint::max());
    lifecycle.authenticated();
    EXPECT_TRUE(lifecycle.is(Phase::open));
    EXPECT_TRUE(lifecycle.close(CloseReason::kicked, "by hand", kCloseTime));
    EXPECT_TRUE(lifecycle.is(Phase::flushing));
    EXPECT_FALSE(lifecycle.is_live());
    EXPECT_TRUE(lifecycle.has_session());
    EXPECT_EQ(lifecycle.deadline(), kCloseTime + Lifecycle::kFlushTime);
    lifecycle.linger(kCloseTime);
    EXPECT_EQ(lifecycle.deadline(), kCloseTime + Lifecycle::kLingerTime);
    EXPECT_TRUE(lifecycle.end(CloseReason::client_reset));
    EXPECT_FALSE(lifecycle.has_session());
    EXPECT_EQ(lifecycle.reason(), CloseReason::kicked);
    EXPECT_EQ(lifecycle.detail(), "by hand");
}

TEST(Lifecycle, KeepsTheFirstReason) {
    Lifecycle lifecycle = open_connection();
    EXPECT_TRUE(lifecycle.close(CloseReason::idle_timeout, "silent", kCloseTime));
    EXPECT_FALSE(lifecycle.close(CloseReason::kicked, "by hand", kCloseTime));
    EXPECT_EQ(lifecycle.reason(), CloseReason::idle_timeout);
    EXPECT_EQ(lifecycle.detail(), "silent");
}

TEST(Lifecycle, TakesTheReasonOfAnAbruptEnd) {
    Lifecycle lifecycle = open_connection();
    EXPECT_TRUE(lifecycle.end(CloseReason::client_reset));
    EXPECT_EQ(lifecycle.reason(), CloseReason::client_reset);
    EXPECT_FALSE(lifecycle.end(CloseReason::kicked));
    EXPECT_EQ(lifecycle.reason(), CloseReason::client_reset);
}

TEST(Lifecycle, CannotBeClosedBeforeItsSession) {
    Lifecycle lifecycle;
    lifecycle.begin_handshake(kCloseTime);
    EXPECT_FALSE(lifecycle.close(CloseReason::kicked, {}, kCloseTime));
    EXPECT_TRUE(lifecycle.end(CloseReason::tls_failed));
    EXPECT_EQ(lifecycle.reason(), CloseReason::tls_failed);
}

// The drain has one time limit for all connections.
TEST(Lifecycle, HasNoDeadlineOfItsOwnInADrain) {
    Lifecycle lifecycle = open_connection();
    EXPECT_TRUE(lifecycle.close(CloseReason::shutting_down, {}, kCloseTime));
    EXPECT_EQ(lifecycle.deadline(), TimePoint::max());
}

}  // namespace
}  // namespace telex::server
