#include "server/workers/worker.hpp"

#include "base/time.hpp"
#include "exchange/exchange.hpp"
#include "log/log.hpp"
#include "net/peer.hpp"
#include "server/accept/datagram_socket.hpp"
#include "server/accept/stream_acceptor.hpp"
#include "server/connection/connection.hpp"
#include "server/stream/socket_stream.hpp"
#include "server/stream/tls_stream.hpp"
#include "server/stream/websocket_stream.hpp"
#include "server/workers/workers.hpp"

#include <cstdint>
#include <new>
#include <string>
#include <string_view>

namespace telex::server {

namespace {

constexpr std::chrono::seconds kTick{1};
// A drained connection is closed after this long without traffic.
constexpr std::chrono::milliseconds kQuiet{300};

// Authorizes connections again, and then their subscriptions.
class Reauthorization {
public:
    bool operator()(Connection& connection) {
        if (connection.number() != number_) {
            number_ = connection.number();
            after_ = 0;
            if (!connection.reauthorize()) {
                return true;
            }
        }
        return connection.review_subscriptions(after_);
    }

private:
    std::uint64_t number_ = 0;
    std::uint64_t after_ = 0;  // the last subscription of the connection that was reviewed
};

}  // namespace

Worker::Worker(reactor::Reactor& reactor, exchange::Shard& shard, Workers& workers)
    : reactor_(reactor),
      shard_(shard),
      workers_(workers),
      connections_(reactor, load_),
      proxied_(
          reactor,
          connections_.timers(),
          [this](Arrival arrival) { begin(std::move(arrival)); },
          [this] { count_empty(); }
      ),
      tick_(reactor.io()) {
    shard_.on_memory_shortage(
        [this] {
            reactor_.work().add(reactor::work::kVisit * connections_.size());
            return memory_relief_.take_stock(reactor_.now());
        },
        [this](const exchange::HolderKey& holders, std::size_t bytes) {
            reactor_.work().add(reactor::work::kVisit * connections_.size());
            memory_relief_.shed(holders, bytes);
        }
    );
}

Worker::~Worker() {
    reactor_.forget(ticking_);
}

void Worker::serve(ListenerState& listener, net::Bound socket) {
    if (net::is_datagram(socket.actual.transport)) {
        datagram_sockets_.push_back(
            std::make_unique<DatagramSocket>(shard_, workers_, listener, std::move(socket))
        );
        if (started_) {
            datagram_sockets_.back()->start();
        }
    } else {
        acceptors_.push_back(
            std::make_unique<StreamAcceptor>(reactor_, workers_, listener, std::move(socket))
        );
        if (started_) {
            acceptors_.back()->start();
        }
    }
}

void Worker::stop_serving(const ListenerState& listener) {
    const auto give_up = [&](const auto& socket) {
        if (!socket->serves(listener)) {
            return false;
        }
        socket->give_up();
        return true;
    };
    std::erase_if(acceptors_, give_up);
    std::erase_if(datagram_sockets_, give_up);
    reactor_.ensure_turn();
}

void Worker::stop_serving(const ListenerState& listener, const net::Address& address) {
    const auto is_there = [&](const auto& socket) {
        return socket->serves(listener) && socket->is_at(address);
    };
    std::erase_if(acceptors_, is_there);
    std::erase_if(datagram_sockets_, is_there);
    reactor_.ensure_turn();
}

ConnectionSweep Worker::rename(const ListenerState& listener, const std::string& name) {
    const auto shared = std::make_shared<const std::string>(name);
    for (const auto& socket : datagram_sockets_) {
        if (socket->serves(listener)) {
            socket->rename_listener(shared);
        }
    }
    return {connections_, reactor_.work(), [&listener, shared](Connection& connection) {
                if (connection.is_at(listener)) {
                    connection.rename_listener(shared);
                }
                return true;
            }};
}

void Worker::start() {
    started_ = true;
    for (const auto& acceptor : acceptors_) {
        acceptor->start();
    }
    for (const auto& socket : datagram_sockets_) {
        socket->start();
    }
    schedule_tick();
}

void Worker::adopt(net::Accepted accepted, net::Transport transport, ListenerState& listener) {
    if (listener.settings()->options().proxy_protocol) {
        proxied_.add(std::move(accepted), transport, listener);
        return;
    }
    ListenerSlot slot(listener, net::network_of(net::host_of(accepted.peer)));
    begin(
        {.fd = std::move(accepted.fd),
         .peer = std::move(accepted.peer),
         .transport = transport,
         .forwarding = Forwarding::none,
         .listener = &listener,
         .slot = std::move(slot),
         .rejection = std::nullopt}
    );
}

void Worker::adopt(std::unique_ptr<ByteStream> stream, ClientPeer peer, ListenerState& listener) {
    ListenerSlot slot(listener, net::network_of(peer.host()));
    begin(std::move(stream), std::move(peer), listener.settings(), std::move(slot), std::nullopt);
}

void Worker::begin(Arrival arrival) {
    const ListenerSettingsPtr settings = arrival.listener->settings();
    // A peer that a proxy names has an address of IP, even if the proxy connects by a unix socket.
    const net::Transport transport =
        arrival.forwarding == Forwarding::named ? net::Transport::tcp : arrival.transport;
    ClientPeer peer{
        .address = std::move(arrival.peer), .transport = transport, .listener = name_of(settings)
    };
    tls::ContextPtr tls = settings->tls_context();
    std::unique_ptr<ByteStream> stream;
    try {
        stream = tls ? make_tls_stream(std::move(arrival.fd), std::move(tls), arrival.forwarding)
                     : make_socket_stream(std::move(arrival.fd), arrival.forwarding);
        if (const auto& websocket = settings->options().websocket) {
            stream = make_websocket_stream(
                std::move(stream),
                websocket->upgrade,
                settings->page_guard(),
                settings->message_boundaries()
            );
        }
    } catch (const std::bad_alloc&) {
        // OpenSSL cannot use the emergency reserve: the peer has to connect again.
        load_.fetch_sub(1, std::memory_order_relaxed);
        log::write("no_memory", {{"listener", *peer.listener}, {"peer", peer.text()}});
        return;
    }
    begin(std::move(stream), std::move(peer), settings, std::move(arrival.slot), arrival.rejection);
}

void Worker::begin(
    std::unique_ptr<ByteStream> stream,
    ClientPeer peer,
    const ListenerSettingsPtr& settings,
    ListenerSlot slot,
    const std::optional<Rejection>& rejection
) {
    reactor_.work().add(reactor::work::kConnection);
    peer.connection = workers_.next_connection_number();
    Connection& added = connections_.add(std::make_unique<Connection>(
        shard_,
        buffers_,
        connections_,
        settings,
        std::move(slot),
        std::move(peer),
        std::move(stream)
    ));
    if (!added.start(rejection)) {
        log::write(
            "cannot_watch", {{"listener", added.listener_name()}, {"peer", added.peer_text()}}
        );
        connections_.remove(added);
    } else if (draining_) {
        added.reject(
            v1::SHUTTING_DOWN, session::CloseReason::shutting_down, "the exchange is stopping"
        );
    }
}

void Worker::count_empty() {
    load_.fetch_sub(1, std::memory_order_relaxed);
    ++shard_.counters().connections_total;
    ++shard_.counters().closed[static_cast<std::size_t>(session::CloseReason::client_closed)];
}

void Worker::schedule_tick() {
    tick_.expires_after(kTick);
    tick_.async_wait([this](const asio::error_code& error) {
        if (!error) {
            // In a turn: outside of one the reactor's time may be a second old.
            reactor_.post([this] { tick(); });
            schedule_tick();
        }
    });
}

void Worker::tick() {
    if (!ticking_.sweep) {
        ticking_.sweep.emplace(connections_, reactor_.work(), [](Connection& connection) {
            connection.on_tick();
            return true;
        });
        reactor_.run_again(ticking_);
    }
    for (const auto& socket : datagram_sockets_) {
        socket->on_tick();
    }
    buffers_.shrink();
    shard_.forwarding().shrink();
    shard_.tracer().tick(Clock::now());
}

void Worker::tick_connections() {
    if (ticking_.sweep->run()) {
        ticking_.sweep.reset();
    } else {
        reactor_.run_again(ticking_);
    }
}

bool Worker::kick(std::uint64_t number, std::string_view reason) {
    Connection* const connection = connections_.find(number);
    if (connection != nullptr) {
        connection->kick(reason);
    }
    reactor_.ensure_turn();
    return connection != nullptr;
}

ConnectionSweep Worker::reauthorize_users() {
    for (const auto& socket : datagram_sockets_) {
        socket->reauthorize_users();
    }
    return {connections_, reactor_.work(), Reauthorization()};
}

void Worker::stop_accepting() {
    for (const auto& acceptor : acceptors_) {
        acceptor->stop();
    }
    proxied_.stop();
    for (const auto& socket : datagram_sockets_) {
        socket->stop();
    }
}

void Worker::begin_drain() {
    draining_ = true;
    connections_.for_each([](Connection& connection) { connection.begin_drain(); });
}

bool Worker::has_open_work() {
    bool some = shard_.has_open_work();
    connections_.for_each([&some](const Connection& connection) {
        some = some || connection.has_open_work();
    });
    return some;
}

bool Worker::drain_quiet(bool work_is_open) {
    connections_.for_each([work_is_open](Connection& connection) {
        connection.drain_quiet(kQuiet, work_is_open);
    });
    return connections_.size() == 0;
}

void Worker::abort_all() {
    proxied_.stop();
    connections_.for_each([](Connection& connection) {
        connection.abort(session::CloseReason::shutting_down);
    });
    datagram_sockets_.clear();
    acceptors_.clear();
    tick_.cancel();
    reactor_.ensure_turn();
}

}  // namespace telex::server
