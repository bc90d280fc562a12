#include "server/accept/datagram_socket.hpp"

#include "codec/datagram.hpp"
#include "server/connection/input_errors.hpp"
#include "server/workers/workers.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

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
    const ListenerSettingsPtr settings = listener.settings();
    return settings->options().split_packets
               ? largest
               : std::min(codec::largest_packet(settings->framing(true)), largest);
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
      frames_(listener.settings()->framing(true)),
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
        while (!serve_batch()) {
        }
        for (int reads = 0; reads < kReadsAtStop && read_batch(); ++reads) {
            while (!serve_batch()) {
            }
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
    const reactor::WorkMeter& work = shard_.reactor().work();
    bool more = serve_batch();
    while (more && running_ && read_batch()) {
        more = !work.slice_is_over();
    }
    if (!more) {
        shard_.reactor().run_again(*this);
    }
}

bool DatagramSocket::read_batch() {
    shard_.reactor().work().add(reactor::work::kRead);
    const auto batch = reader_.read(socket_.fd.get());
    if (!batch) {
        return true;  // the error of an earlier reply
    }
    batch_ = *batch;
    note_kernel_drops();
    return !serve_batch() || reader_.batch_was_full();
}

bool DatagramSocket::serve_batch() {
    reactor::WorkMeter& work = shard_.reactor().work();
    while (!batch_.empty()) {
        work.add(reactor::work::kFrame);
        serve_frame(batch_.front());
        if (!frames_.is_open()) {
            batch_ = batch_.subspan(1);
        }
        if (work.slice_is_over()) {
            break;
        }
    }
    return batch_.empty();
}

void DatagramSocket::serve_frame(const net::Datagram& datagram) {
    if (!frames_.is_open() && !begin(datagram)) {
        return;
    }
    const PacketFrames::Step step = frames_.next();
    switch (step.kind) {
        case PacketFrames::Step::Kind::frame:
            pass_on(datagram, step.payload);
            break;
        case PacketFrames::Step::Kind::lost:
            shard_.counters().refuse(v1::FRAME_TOO_LARGE);
            break;
        case PacketFrames::Step::Kind::error:
            shard_.counters().refuse(code_of(step.error));
            break;
        case PacketFrames::Step::Kind::done:
            break;
    }
}

bool DatagramSocket::begin(const net::Datagram& datagram) {
    if (datagram.truncated) {
        shard_.counters().refuse(v1::FRAME_TOO_LARGE);
        return false;
    }
    if (datagram.bytes.empty()) {
        shard_.counters().refuse(v1::BAD_FRAME);
        return false;
    }
    if (has_impossible_source(datagram)) {
        shard_.counters().refuse(v1::NOT_ALLOWED_HERE);
        return false;
    }
    frames_.begin(datagram.bytes);
    is_new_ = true;
    is_refused_ = false;
    return true;
}

void DatagramSocket::pass_on(const net::Datagram& datagram, ByteView payload) {
    if (is_refused_) {
        shard_.counters().refuse(v1::UNEXPECTED_FRAME);
        return;
    }
    DatagramPeer& peer = peer_of(datagram);
    if (std::exchange(is_new_, false)) {
        peer.on_datagram(datagram.bytes.size());
    }
    peer.on_frame(payload);
    if (peers_.front()->closed()) {
        remove(peers_.begin());
        is_refused_ = true;
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
    const ListenerSettingsPtr settings = listener_.settings();
    ClientPeer peer{
        .address = datagram.peer(),
        .transport = socket_.actual.transport,
        .connection = workers_.next_connection_number(),
        .listener = name_of(settings),
    };
    ListenerSlot slot(listener_, net::network_of(peer.host()));
    peers_.push_front(std::make_unique<DatagramPeer>(
        shard_,
        buffers_,
        settings,
        std::move(slot),
        std::move(peer),
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

void DatagramSocket::rename_listener(const std::shared_ptr<const std::string>& name) {
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
