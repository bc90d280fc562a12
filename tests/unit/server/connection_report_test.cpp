#include "server/connection/connection_report.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace telex::server {
namespace {

using std::chrono::milliseconds;

class ConnectionReport : public ::testing::Test {
protected:
    ConnectionReport() { user_.name = "meter"; }

    ConnectionFacts facts() const {
        ConnectionFacts facts;
        facts.number = 7;
        facts.listener = "native";
        facts.peer = &peer_;
        facts.protocol = "telex";
        facts.user = &user_;
        facts.client_name = "a\nb";
        facts.now = TimePoint(milliseconds(5'000));
        facts.last_active = TimePoint(milliseconds(3'000));
        facts.frames_in = 1;
        facts.bytes_in = 2;
        facts.frames_out = 3;
        facts.bytes_out = 4;
        facts.bytes_in_per_second = 11;
        facts.bytes_out_per_second = 12;
        facts.pending_bytes = 5;
        facts.subscriptions = 6;
        facts.books = {.routed = 20, .taken = 10, .dropped = 8, .held = 2, .queued = 3};
        return facts;
    }

    access::User user_;
    net::CompactPeer peer_{net::Peer{
        .address = net::Ipv4Peer{.address = {10, 0, 0, 1}, .port = 5000}, .credentials = {}
    }};
};

TEST_F(ConnectionReport, DescribesAConnection) {
    const v1::ConnectionInfo info = describe(facts());
    EXPECT_EQ(info.number(), 7U);
    EXPECT_EQ(info.listener(), "native");
    EXPECT_EQ(info.peer(), "10.0.0.1:5000");
    EXPECT_EQ(info.user(), "meter");
    EXPECT_EQ(info.client_name().find('\n'), std::string::npos) << "the peer chose the name";
    EXPECT_EQ(info.idle_nanoseconds(), 2'000'000'000);
    EXPECT_EQ(info.received_frames(), 1U);
    EXPECT_EQ(info.sent_bytes(), 4U);
    EXPECT_EQ(info.received_bytes_per_second(), 11U);
    EXPECT_EQ(info.sent_bytes_per_second(), 12U);
    EXPECT_EQ(info.delivered_messages(), 7U);
    EXPECT_EQ(info.queued_messages(), 3U);
    EXPECT_EQ(info.close_reason(), "");
}

TEST_F(ConnectionReport, SaysWhyAConnectionWasClosed) {
    Lifecycle lifecycle;
    lifecycle.begin_session();
    ASSERT_TRUE(lifecycle.close(session::CloseReason::kicked, "by hand", facts().now));
    const v1::ConnectionInfo info = describe_closed(facts(), lifecycle);
    EXPECT_EQ(info.close_reason(), session::name_of(session::CloseReason::kicked));
    EXPECT_EQ(info.close_detail(), "by hand");
    EXPECT_GT(info.closed_unix_nanoseconds(), 0);
}

TEST_F(ConnectionReport, RanksByTheOrderThatIsAskedFor) {
    EXPECT_EQ(rank(facts(), v1::ListConnections::BY_PENDING_BYTES), 5U);
    EXPECT_EQ(rank(facts(), v1::ListConnections::BY_RECEIVED_BYTES), 2U);
    EXPECT_EQ(rank(facts(), v1::ListConnections::BY_SENT_BYTES), 4U);
    EXPECT_EQ(rank(facts(), v1::ListConnections::BY_RECEIVED_BYTES_PER_SECOND), 11U);
    EXPECT_EQ(rank(facts(), v1::ListConnections::BY_SENT_BYTES_PER_SECOND), 12U);
    EXPECT_EQ(rank(facts(), v1::ListConnections::BY_SUBSCRIPTIONS), 6U);
    EXPECT_EQ(rank(facts(), v1::ListConnections::BY_DROPPED_MESSAGES), 8U);
    ConnectionFacts younger = facts();
    younger.number = 8;
    const auto order = v1::ListConnections::BY_NUMBER;
    EXPECT_GT(rank(facts(), order), rank(younger, order));
}

// Only says where it comes from.
class OriginStream final : public ByteStream {
public:
    explicit OriginStream(Forwarding forwarding) : forwarding_(forwarding) {}

    Forwarding forwarding() const override { return forwarding_; }

    int descriptor() const override { return -1; }

    bool keeps_packets() const override { return false; }

    std::size_t max_packet() const override { return 0; }

    IoResult read(char*, std::size_t) override { return {}; }

    IoResult peek() override { return {}; }

    IoResult write(const iovec*, std::size_t) override { return {}; }

    void finish_writing() override {}

private:
    Forwarding forwarding_;
};

TEST_F(ConnectionReport, TellsChecksOfProxiesFromConnections) {
    using session::CloseReason;
    const auto is_one = [&](Forwarding from, CloseReason reason, std::uint64_t bytes_in = 0) {
        Lifecycle lifecycle;
        lifecycle.begin_session();
        EXPECT_TRUE(lifecycle.end(reason));
        ConnectionFacts ended = facts();
        ended.bytes_in = bytes_in;
        return is_check(ended, lifecycle, OriginStream(from));
    };
    EXPECT_TRUE(is_one(Forwarding::itself, CloseReason::client_reset));
    EXPECT_TRUE(is_one(Forwarding::itself, CloseReason::tls_failed));
    EXPECT_TRUE(is_one(Forwarding::unnamed, CloseReason::client_closed));
    EXPECT_FALSE(is_one(Forwarding::unnamed, CloseReason::tls_failed));
    EXPECT_FALSE(is_one(Forwarding::itself, CloseReason::client_reset, 1));
    EXPECT_FALSE(is_one(Forwarding::itself, CloseReason::not_permitted));
    EXPECT_FALSE(is_one(Forwarding::named, CloseReason::client_reset));
    EXPECT_FALSE(is_one(Forwarding::none, CloseReason::client_reset));
}

}  // namespace
}  // namespace telex::server
