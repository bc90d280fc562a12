#pragma once
// The server's part on one reactor (a worker), and the set of all workers.
#include "exchange/shard.hpp"
#include "net/accept.hpp"
#include "net/address.hpp"
#include "net/listen.hpp"
#include "reactor/reactor.hpp"
#include "server/connection/connection_table.hpp"
#include "server/listener/listener_state.hpp"
#include "server/stream/byte_stream.hpp"
#include "server/stream/reactor_buffers.hpp"
#include "session/transport.hpp"

#include <asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace telex::server {

class DatagramSocket;
class StreamAcceptor;
class Workers;

// One reactor's share of the server: its connections, its listening sockets, its clock tick.
//
// Owner: Workers. Thread: the reactor's, except where said.
class Worker {
public:
    Worker(reactor::Reactor& reactor, exchange::Shard& shard, Workers& workers);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    reactor::Reactor& reactor() { return reactor_; }

    exchange::Shard& shard() { return shard_; }

    // A socket to serve: before the reactor runs, or on it. Throws std::system_error.
    void serve(ListenerState& listener, net::Bound socket);
    // On the reactor: closes the listener's sockets. Its connections stay.
    void stop_serving(const ListenerState& listener);
    // The same for those at one of its addresses, as bound.
    void stop_serving(const ListenerState& listener, const net::Address& address);
    // On the reactor: parties of the listener are at one of this name from now on.
    void rename(const ListenerState& listener, const std::string& name);
    // On the reactor: begins to accept and to tick.
    void start();

    // Any thread: one more connection is on its way here; adopt() follows.
    void expect_connection() { load_.fetch_add(1, std::memory_order_relaxed); }

    std::uint32_t load() const { return load_.load(std::memory_order_relaxed); }

    // On the reactor: takes over a connection that was expected.
    void adopt(net::Accepted accepted, net::Transport transport, ListenerState& listener);
    // The same for a stream of any kind; the number of the connection is filled in here.
    void adopt(
        std::unique_ptr<ByteStream> stream,
        session::PeerFacts peer,
        const std::string& peer_text,
        ListenerState& listener
    );

    // On the reactor.
    ConnectionTable& connections() { return connections_; }

    // On the reactor: ends the connection of that number, if it is here.
    bool kick(std::uint64_t number, std::string_view reason);

    // The users have changed: reauthorizes all connections.
    void reauthorize_users();

    // --- the end, step by step ----------------------------------------------------------------
    void stop_accepting();
    void begin_drain();
    // True when no connection is left.
    bool drain_quiet();
    void abort_all();

private:
    void schedule_tick();
    void tick();
    void shed_largest();

    reactor::Reactor& reactor_;
    exchange::Shard& shard_;
    Workers& workers_;
    ReactorBuffers buffers_;
    std::atomic<std::uint32_t> load_{0};  // connections here and on their way here
    ConnectionTable connections_;
    std::vector<std::unique_ptr<StreamAcceptor>> acceptors_;
    std::vector<std::unique_ptr<DatagramSocket>> datagram_sockets_;
    asio::steady_timer tick_;
    bool started_ = false;
    bool draining_ = false;
};

class Workers {
public:
    explicit Workers(std::vector<std::unique_ptr<Worker>>& workers) : workers_(workers) {}

    std::size_t size() const { return workers_.size(); }

    Worker& at(std::size_t index) { return *workers_[index]; }

    Worker& less_loaded_of_two(std::uint64_t random);

    std::uint64_t next_connection_number() {
        return connection_numbers_.fetch_add(1, std::memory_order_relaxed) + 1;
    }

private:
    std::vector<std::unique_ptr<Worker>>& workers_;
    std::atomic<std::uint64_t> connection_numbers_{0};
};

}  // namespace telex::server
