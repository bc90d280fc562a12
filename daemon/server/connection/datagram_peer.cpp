#include "server/connection/datagram_peer.hpp"

#include "log/log.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace telex::server {

namespace {

AnswerAllowance allowance_of(
    const AmplificationOptions& options, const net::SocketAddress& address
) {
    const net::Peer peer = net::peer_from(address.get(), address.length);
    const bool is_ip = address.family() == AF_INET || address.family() == AF_INET6;
    if (!is_ip || net::is_loopback(net::host_of(peer))) {
        return AnswerAllowance(std::nullopt);
    }
    const bool named = std::any_of(
        options.networks.begin(),
        options.networks.end(),
        [&](const net::Network& network) { return network.contains(peer); }
    );
    return AnswerAllowance(named ? options.factor : 1);
}

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
      is_udp_(peer_.transport == net::transport_name(net::Transport::udp)),
      allowance_(allowance_of(settings_->options().amplification, address)),
      last_received_(shard.reactor().now()) {
    broker_.join();
    (void)identify({});  // the listener's own user, which Server::open has asked for
    open_session(true);
    session_->start();
}

DatagramPeer::~DatagramPeer() {
    broker_.leave(exchange::DropReason::connection_lost);
}

void DatagramPeer::on_datagram(ByteView payload, std::size_t datagram_bytes) {
    last_received_ = shard_.reactor().now();
    shard_.counters().received_bytes += datagram_bytes;
    allowance_.add(datagram_bytes);
    session_->on_frame({payload, nullptr});
}

broker::Admission DatagramPeer::admit(
    const broker::Subscription& /*subscription*/,
    std::size_t /*bytes*/,
    broker::ClientId /*publisher*/
) {
    return session::not_sent(exchange::DropReason::not_encodable);
}

broker::ClientLabel DatagramPeer::label() const {
    broker::ClientLabel label{.listener = peer_.listener, .peer = peer_.host};
    if (!peer_.port.empty()) {
        label.port = peer_.port;
    }
    return label;
}

Result<std::string, session::SendFault> DatagramPeer::encode(const session::OutFrame& frame) const {
    const auto refused = [](codec::FrameError error) {
        return session::not_sent(session::reason_of(error), error);
    };
    std::string whole(frame.head);
    whole += frame.body;
    const codec::Encoder& encoder = settings_->encoder(true);
    codec::Wrapping nothing;
    const auto wrapped = encoder.wrap(whole.size(), nothing);
    if (!wrapped) {
        return refused(wrapped.error());
    }
    if (!*wrapped) {
        std::string encoded;
        if (const auto result = encoder.encode(whole, encoded); !result) {
            return refused(result.error());
        }
        whole = std::move(encoded);
    }
    if (is_udp_ && whole.size() > kMaxUdpPayload) {
        return refused(codec::FrameError::too_large);
    }
    return whole;
}

session::SendResult DatagramPeer::send(const session::OutFrame& frame) {
    if (address_.length == 0) {
        return session::not_sent(exchange::DropReason::not_encodable);  // nowhere to send to
    }
    const auto datagram = encode(frame);
    if (!datagram) {
        return tl::unexpected(datagram.error());
    }
    if (!allowance_.spend(datagram->size())) {
        log_withheld(datagram->size());
        return session::not_sent(exchange::DropReason::amplification);
    }
    const net::IoOutcome sent = net::send_to(socket_, address_, *datagram);
    if (sent.status == net::IoStatus::done) {
        shard_.counters().sent_bytes += datagram->size();
        return {};
    }
    if (sent.status == net::IoStatus::error && sent.error == EMSGSIZE) {
        return session::not_sent(exchange::DropReason::too_large, codec::FrameError::too_large);
    }
    return session::not_sent(exchange::DropReason::connection_lost);
}

void DatagramPeer::log_withheld(std::size_t bytes) const {
    log::write(
        "reply_withheld",
        {{"listener", peer_.listener},
         {"peer", peer_.host},
         {"port", peer_.port},
         {"reason", exchange::name_of(exchange::DropReason::amplification)},
         {"bytes", bytes},
         {"allowed", allowance_.left()}}
    );
}

void DatagramPeer::close(session::CloseReason reason, std::string_view /*detail*/) {
    if (!std::exchange(closed_, true)) {
        ++shard_.counters().closed[static_cast<std::size_t>(reason)];
    }
}

}  // namespace telex::server
