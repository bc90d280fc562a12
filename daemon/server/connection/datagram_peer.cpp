#include "server/connection/datagram_peer.hpp"

#include "log/log.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace telex::server {

namespace {

ReplyAllowance allowance_of(
    const AmplificationOptions& options, const net::SocketAddress& address
) {
    const net::Peer peer = net::peer_from(address.get(), address.length);
    const bool is_ip = address.family() == AF_INET || address.family() == AF_INET6;
    if (!is_ip || net::is_loopback(net::host_of(peer))) {
        return ReplyAllowance(std::nullopt);
    }
    const bool named = std::any_of(
        options.networks.begin(),
        options.networks.end(),
        [&](const net::Network& network) { return network.contains(peer); }
    );
    return ReplyAllowance(named ? options.factor : 1);
}

// Copies only if more than one part has bytes.
ByteView join_parts(const FramedParts& parts, std::string& scratch) {
    for (const ByteView part : {parts.prefix, parts.head, parts.body, parts.suffix}) {
        if (part.size() == parts.size()) {
            return part;
        }
    }
    scratch.assign(parts.prefix);
    scratch.append(parts.head).append(parts.body).append(parts.suffix);
    return scratch;
}

}  // namespace

DatagramPeer::DatagramPeer(
    exchange::Shard& shard,
    ReactorBuffers& buffers,
    ListenerSettingsPtr settings,
    ListenerSlot slot,
    ClientPeer peer,
    std::string key,
    int socket,
    const net::SocketAddress& address
)
    : ClientBase(shard, std::move(settings), std::move(slot), std::move(peer)),
      key_(std::move(key)),
      socket_(socket),
      address_(address),
      buffers_(buffers),
      max_bytes_(peer_.transport == net::Transport::udp ? kMaxUdpPayload : FrameWriter::kAnySize),
      allowance_(allowance_of(settings_->options().amplification, address)),
      last_received_(shard.reactor().now()) {
    broker_.join();
    (void)identify({}, owns_daemon());  // the listener's user; Server::open requires one
    open_session(true);
    session_->start();
}

DatagramPeer::~DatagramPeer() {
    broker_.leave(exchange::DropReason::connection_lost);
}

bool DatagramPeer::reauthorize() {
    if (reauthorize_user() != Reauthorized::refused) {
        return !closed_;  // its session may have lost its subject
    }
    close(session::CloseReason::not_authenticated, {});
    return false;
}

void DatagramPeer::on_datagram(std::size_t bytes) {
    last_received_ = shard().reactor().now();
    shard().counters().received_bytes += bytes;
    allowance_.add(bytes);
}

broker::Admission DatagramPeer::admit(
    const broker::Subscription& /*subscription*/,
    std::size_t /*bytes*/,
    broker::ClientId /*publisher*/
) {
    return session::not_sent(exchange::DropReason::not_encodable);
}

broker::ClientLabel DatagramPeer::label() const {
    broker::ClientLabel label{.listener = listener_name(), .peer = peer_.host()};
    if (std::string port = peer_.port(); !port.empty()) {
        label.port = std::move(port);
    }
    return label;
}

session::SendResult DatagramPeer::send(const session::OutFrame& frame) {
    if (address_.length == 0) {
        return session::not_sent(exchange::DropReason::not_encodable);  // the sender has no address
    }
    codec::Wrapping wrap;
    FramedParts parts;
    if (const auto written = settings_->writer(true).write(
            frame, FrameWriter::Content::frame, wrap, parts, buffers_, max_bytes_
        );
        !written) {
        return written;
    }
    const std::size_t size = parts.size();
    if (!allowance_.spend(size)) {
        log_withheld(size);
        return session::not_sent(exchange::DropReason::amplification);
    }
    const IoResult sent = net::send_to(socket_, address_, join_parts(parts, datagram_));
    if (sent.status == IoStatus::done) {
        shard().counters().sent_bytes += size;
        return {};
    }
    if (sent.status == IoStatus::error && sent.error == EMSGSIZE) {
        return session::not_sent(exchange::DropReason::too_large, codec::FrameError::too_large);
    }
    return session::not_sent(exchange::DropReason::connection_lost);
}

void DatagramPeer::log_withheld(std::size_t bytes) const {
    log::write(
        "reply_withheld",
        {{"listener", listener_name()},
         {"peer", peer_.host()},
         {"port", peer_.port()},
         {"reason", exchange::name_of(exchange::DropReason::amplification)},
         {"bytes", bytes},
         {"allowed", allowance_.left()}}
    );
}

void DatagramPeer::close(session::CloseReason reason, std::string_view /*detail*/) {
    if (!std::exchange(closed_, true)) {
        ++shard().counters().closed[static_cast<std::size_t>(reason)];
    }
}

}  // namespace telex::server
