#pragma once
// One reactor's share of the server: its connections, its listening sockets, its clock tick.
//
// Owner: Workers. Thread: the reactor's, except where said.
#include "exchange/shard.hpp"
#include "net/accept.hpp"
#include "net/address.hpp"
#include "net/listen.hpp"
#include "reactor/reactor.hpp"
#include "server/accept/proxied_arrivals.hpp"
#include "server/connection/client_peer.hpp"
#include "server/connection/connection_sweep.hpp"
#include "server/connection/connection_table.hpp"
#include "server/listener/listener_state.hpp"
#include "server/stream/byte_stream.hpp"
#include "server/stream/reactor_buffers.hpp"
#include "server/workers/memory_relief.hpp"
#include "session/transport.hpp"

#include <asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace telex::server {

class DatagramSocket;
class StreamAcceptor;
class Workers;

class Worker {
public:
    Worker(reactor::Reactor& reactor, exchange::Shard& shard, Workers& workers);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    reactor::Reactor& reactor() { return reactor_; }

    exchange::Shard& shard() { return shard_; }

    // Serves a socket. Called before the reactor runs, or on it. Throws std::system_error.
    void serve(ListenerState& listener, net::Bound socket);
    // Closes the listener's sockets. Its connections stay.
    void stop_serving(const ListenerState& listener);
    // Closes the listener's sockets at one of its addresses, as bound.
    void stop_serving(const ListenerState& listener, const net::Address& address);
    // Tells the listener's clients the new name of their listener, which must outlive the sweep.
    ConnectionSweep rename(const ListenerState& listener, const std::string& name);
    // Begins to accept and to tick.
    void start();

    // Any thread: counts a connection that adopt() will get.
    void expect_connection() { load_.fetch_add(1, std::memory_order_relaxed); }

    std::uint32_t load() const { return load_.load(std::memory_order_relaxed); }

    // Takes over a connection that expect_connection() announced.
    void adopt(net::Accepted accepted, net::Transport transport, ListenerState& listener);
    // The same for a stream of any kind. Numbers the connection.
    void adopt(std::unique_ptr<ByteStream> stream, ClientPeer peer, ListenerState& listener);

    // Connections whose PROXY protocol header is not complete.
    std::size_t arriving() const { return proxied_.waiting(); }

    ConnectionTable& connections() { return connections_; }

    // Ends the connection with this number. Returns false if it is not on this reactor.
    bool kick(std::uint64_t number, std::string_view reason);

    // Authorizes all clients again after the users have changed.
    ConnectionSweep reauthorize_users();

    // --- shutdown, in this order -------------------------------------------------------------
    void stop_accepting();
    void begin_drain();
    // Something that clients have sent is not done: input that waits to be read, requests without a
    // reply, messages under way to other reactors.
    bool has_open_work();
    // Ends connections that have been quiet for a while; not those with subscriptions while
    // `work_is_open` on some reactor. Returns true if no connection is left.
    bool drain_quiet(bool work_is_open);
    void abort_all();

private:
    // The connections in slices of the reactor's queue, once a second.
    struct Ticking final : reactor::TurnWork {
        explicit Ticking(Worker& owner) : worker(owner) {}

        void run_turn_work() override { worker.tick_connections(); }

        Worker& worker;
        std::optional<ConnectionSweep> sweep;  // that is under way
    };

    // Makes a connection.
    void begin(Arrival arrival);
    void begin(
        std::unique_ptr<ByteStream> stream,
        ClientPeer peer,
        const ListenerSettingsPtr& settings,
        ListenerSlot slot,
        const std::optional<Rejection>& rejection
    );
    // A connection has ended without having sent a byte.
    void count_empty();
    void schedule_tick();
    void tick();
    void tick_connections();

    reactor::Reactor& reactor_;
    exchange::Shard& shard_;
    Workers& workers_;
    ReactorBuffers buffers_;
    std::atomic<std::uint32_t> load_{0};  // connections here and on their way here
    ConnectionTable connections_;
    ProxiedArrivals proxied_;
    MemoryRelief memory_relief_{connections_};
    std::vector<std::unique_ptr<StreamAcceptor>> acceptors_;
    std::vector<std::unique_ptr<DatagramSocket>> datagram_sockets_;
    asio::steady_timer tick_;
    Ticking ticking_{*this};
    bool started_ = false;
    bool draining_ = false;
};

}  // namespace telex::server
