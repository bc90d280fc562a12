#include "server/accept/datagram_socket.hpp"

#include "server/connection/input_errors.hpp"
#include "server/listener/peer_origin.hpp"
#include "server/workers/workers.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>

namespace telex::server {

namespace {

constexpr std::size_t kBatch = 16;
constexpr int kReadsAtStop = 32;
// Unix datagrams may be as large as a socket buffer.
constexpr std::size_t kMaxUnixDatagram = 212'960;
constexpr std::chrono::seconds kForgetAfter{30};
// A burst of ten thousand peers takes some ticks.
constexpr std::size_t kForgottenAtOnce = 512;

bool may_forget(const DatagramPeer& peer, TimePoint now) {
    return peer.closed() ||
           (peer.pending_requests() == 0 && now - peer.last_received() > kForgetAfter);
}

std::size_t buffer_size(const ListenerState& listener, const net::Bound& socket) {
    const std::size_t largest =
        socket.actual.transport == net::Transport::udp ? kMaxUdpPayload : kMaxUnixDatagram;
    return std::min(codec::largest_packet(listener.settings()->framing(true)), largest);
}

net::Coalescing coalescing(const net::Bound& socket) {
    return socket.actual.transport == net::Transport::udp ? net::Coalescing::possible
                                                          : net::Coalescing::never;
}

}  // namespace

DatagramSocket::DatagramSocket(
    exchange::Shard& shard, Workers& workers, ListenerState& listener, net::Bound socket
)
    : shard_(shard),
      workers_(workers),
      listener_(listener),
      socket_(std::move(socket)),
      decoder_(listener.settings()->framing(true)),
      reader_(kBatch, buffer_size(listener, socket_), coalescing(socket_)) {}

DatagramSocket::~DatagramSocket() {
    stop();
    peers_.clear();
}

void DatagramSocket::start() {
    if (!shard_.reactor().poller().add(socket_.fd.get(), *this)) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
    running_ = true;
    shard_.reactor().run_again(*this);
}

void DatagramSocket::stop() {
    if (running_) {
        // Process what was received before the stop.
        for (int reads = 0; reads < kReadsAtStop && read_batch(); ++reads) {
        }
        running_ = false;
        shard_.reactor().forget(*this);
        shard_.reactor().poller().remove(socket_.fd.get(), *this);
    }
}

void DatagramSocket::on_ready(std::uint32_t events) {
    if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
        shard_.reactor().run_again(*this);
    }
}

void DatagramSocket::run_turn_work() {
    while (running_ && read_batch()) {
        if (shard_.reactor().work().slice_is_over()) {
            shard_.reactor().run_again(*this);
            return;
        }
    }
}

bool DatagramSocket::read_batch() {
    reactor::WorkMeter& work = shard_.reactor().work();
    work.add(reactor::work::kRead);
    const auto batch = reader_.read(socket_.fd.get());
    if (!batch) {
        return true;  // the error of an earlier reply
    }
    work.add(batch->size() * reactor::work::kFrame);
    for (const net::Datagram& datagram : *batch) {
        take(datagram);
    }
    note_kernel_drops();
    return reader_.batch_was_full();
}

void DatagramSocket::take(const net::Datagram& datagram) {
    if (datagram.truncated) {
        shard_.counters().refuse(v1::FRAME_TOO_LARGE);
        return;
    }
    if (datagram.bytes.empty()) {
        shard_.counters().refuse(v1::BAD_FRAME);
        return;
    }
    if (has_impossible_source(datagram)) {
        shard_.counters().refuse(v1::NOT_ALLOWED_HERE);
        return;
    }
    const codec::DecodeStep step = decoder_.decode(datagram.bytes);
    if (step.kind != codec::DecodeStep::Kind::frame) {
        if (step.kind == codec::DecodeStep::Kind::error) {
            shard_.counters().refuse(code_of(step.error));
        } else if (step.lost) {
            shard_.counters().refuse(v1::FRAME_TOO_LARGE);
        }
        return;
    }
    peer_of(datagram).on_datagram(step.payload, datagram.bytes.size());
    if (peers_.front()->closed()) {
        remove(peers_.begin());
    }
}

// Port 0 or this very socket, which would talk to itself for ever: no program sends from there, the
// packet is forged.
bool DatagramSocket::has_impossible_source(const net::Datagram& datagram) const {
    const auto port = net::port_of(*datagram.from);
    if (!port || (*port != 0 && *port != socket_.actual.port)) {
        return false;
    }
    const std::string host = net::host_of(datagram.peer());
    return *port == 0 || host == socket_.actual.host ||
           (socket_.actual.host == "*" && net::is_loopback(host));
}

// The peer moves to the front.
DatagramPeer& DatagramSocket::peer_of(const net::Datagram& datagram) {
    key_.assign(datagram.from->octets());
    if (datagram.from->length == 0 && datagram.credentials) {
        key_ = "uid " + std::to_string(datagram.credentials->uid);
    }
    if (!peers_.empty() && peers_.front()->key() == key_) {
        return *peers_.front();
    }
    const auto found = by_key_.find(key_);
    if (found != by_key_.end()) {
        peers_.splice(peers_.begin(), peers_, found->second);
        return *peers_.front();
    }
    if (peers_.size() >= listener_.settings()->options().max_connections) {
        remove(std::prev(peers_.end()));
    }
    const net::Peer peer = datagram.peer();
    session::PeerFacts facts{
        .transport = std::string(net::transport_name(socket_.actual.transport)),
        .host = net::host_of(peer),
        .port = net::port_of(peer),
        .listener = listener_.settings()->options().name,
        .connection = std::to_string(workers_.next_connection_number()),
    };
    peers_.push_front(std::make_unique<DatagramPeer>(
        shard_,
        buffers_,
        listener_.settings(),
        ListenerSlot(listener_, origin_of(facts.host)),
        facts,
        key_,
        socket_.fd.get(),
        *datagram.from
    ));
    by_key_.emplace(key_, peers_.begin());
    ++shard_.counters().connections_total;
    return *peers_.front();
}

void DatagramSocket::remove(Peers::iterator peer) {
    by_key_.erase((*peer)->key());
    peers_.erase(peer);
}

void DatagramSocket::on_tick() {
    const auto now = shard_.reactor().now();
    shard_.reactor().work().add(reactor::work::kVisit * peers_.size());
    for (std::size_t i = 0; i < kForgottenAtOnce && !peers_.empty(); ++i) {
        if (!may_forget(*peers_.back(), now)) {
            break;
        }
        remove(std::prev(peers_.end()));
    }
    for (const auto& peer : peers_) {
        peer->on_tick();
    }
}

void DatagramSocket::reauthorize_users() {
    shard_.reactor().work().add(reactor::work::kVisit * peers_.size());
    for (auto peer = peers_.begin(); peer != peers_.end();) {
        const auto checked = peer++;
        if (!(*checked)->reauthorize()) {
            remove(checked);
        }
    }
}

void DatagramSocket::rename_listener(const std::string& name) {
    for (const auto& peer : peers_) {
        peer->rename_listener(name);
    }
}

void DatagramSocket::note_kernel_drops() {
    const std::uint32_t drops = reader_.kernel_drops();
    shard_.counters().kernel_drops += drops - kernel_drops_;
    kernel_drops_ = drops;
}

}  // namespace telex::server
