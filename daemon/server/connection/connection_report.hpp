#pragma once
// A connection's description for operators, and its lines in the log.
#include "access/users.hpp"
#include "base/time.hpp"
#include "broker/client_label.hpp"
#include "exchange/client_record.hpp"
#include "net/compact_peer.hpp"
#include "server/connection/lifecycle.hpp"
#include "server/stream/byte_stream.hpp"
#include "telex/v1/admin.pb.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::server {

// A connection at one moment. The texts belong to the connection.
struct ConnectionFacts {
    std::uint64_t number = 0;
    std::string_view listener;
    const net::CompactPeer* peer = nullptr;
    std::string_view protocol;
    const access::User* user = nullptr;
    std::string_view client_name;
    std::string_view security;  // as the stream says; empty for none
    std::uint32_t reactor = 0;
    TimePoint opened;
    TimePoint last_active;  // a byte was received or sent
    TimePoint now;
    std::uint64_t frames_in = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t frames_out = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t bytes_in_per_second = 0;
    std::uint64_t bytes_out_per_second = 0;
    std::size_t pending_bytes = 0;
    std::size_t subscriptions = 0;
    std::size_t pending_requests = 0;
    exchange::ClientBooks books;
    const exchange::DropTally* drops = nullptr;  // null if there were none
    std::size_t paused_publishers = 0;
};

v1::ConnectionInfo describe(const ConnectionFacts& facts);
v1::ConnectionInfo describe_closed(const ConnectionFacts& facts, const Lifecycle& lifecycle);
v1::SubscriptionInfo describe_subscription(
    const ConnectionFacts& facts,
    std::uint64_t id,
    const exchange::ActiveSubscription& subscription,
    std::string filter
);
// Its place in a sorted list; the largest comes first.
std::uint64_t rank(const ConnectionFacts& facts, v1::ListConnections::Order order);

// A proxy has connected to see whether the daemon accepts connections, and has sent nothing. There
// is one every few seconds: they are not worth a line of the log.
bool is_check(const ConnectionFacts& facts, const Lifecycle& lifecycle, const ByteStream& stream);
void log_end(
    const broker::ClientLabel& who,
    const ConnectionFacts& facts,
    const Lifecycle& lifecycle,
    const ByteStream& stream
);
// Publishers that were paused for it go on.
void log_expired_block(
    const broker::ClientLabel& who, const ConnectionFacts& facts, TimePoint::duration blocked
);

}  // namespace telex::server
