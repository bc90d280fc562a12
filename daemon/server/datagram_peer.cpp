#include "server/datagram_peer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace telex::server {

namespace {

// What a peer may save up by sending without getting answers.
constexpr std::size_t kMaxAllowance = 64U << 10U;

}  // namespace

DatagramPeer::DatagramPeer(
    exchange::Shard& shard,
    ListenerState& listener,
    session::PeerFacts facts,
    std::string key,
    int socket,
    const net::SocketAddress& address
)
    : Party(shard, listener, std::move(facts)),
      key_(std::move(key)),
      socket_(socket),
      address_(address),
      address_is_proven_(address.family() != AF_INET && address.family() != AF_INET6),
      last_received_(shard.reactor().now()) {
    shard_.join(*this);
    (void)identify({});  // the listener's own user, which Server::open has asked for
    open_session(true);
    session_->start();
}

DatagramPeer::~DatagramPeer() {
    shard_.leave(*this, exchange::DropReason::connection_lost);
}

void DatagramPeer::on_datagram(ByteView payload, std::size_t datagram_bytes) {
    last_received_ = shard_.reactor().now();
    shard_.counters().received_bytes += datagram_bytes;
    allowance_ = std::min(allowance_ + datagram_bytes, kMaxAllowance);
    session_->on_frame({payload, nullptr});
}

exchange::Admission DatagramPeer::admit(
    exchange::ActiveSubscription& subscription,
    std::size_t /*bytes*/,
    exchange::ConnectionId /*publisher*/
) {
    ++subscription.dropped;
    shard_.counters().drop(exchange::DropReason::not_encodable);
    return exchange::Admission::refuse;
}

void DatagramPeer::send_control(const session::OutFrame& frame) {
    const std::size_t size = frame.head.size() + frame.body.size();
    if (address_.length == 0) {
        shard_.counters().drop(exchange::DropReason::not_encodable);  // nowhere to send to
        return;
    }
    if (!address_is_proven_) {
        if (size > allowance_) {
            shard_.counters().drop(exchange::DropReason::amplification);
            return;
        }
        allowance_ -= size;
    }
    std::string whole(frame.head);
    whole += frame.body;
    const net::IoOutcome sent = net::send_to(socket_, address_, whole);
    if (sent.status == net::IoStatus::done) {
        shard_.counters().sent_bytes += size;
    } else {
        shard_.counters().drop(exchange::DropReason::connection_lost);
    }
}

void DatagramPeer::close(session::CloseReason reason, std::string_view /*detail*/) {
    if (!std::exchange(closed_, true)) {
        ++shard_.counters().closed[static_cast<std::size_t>(reason)];
    }
}

}  // namespace telex::server
