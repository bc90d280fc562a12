#pragma once
// Accepts connections from one listening socket on one reactor and assigns each to a reactor.
//
// `balanced` assigns a connection to the less loaded of two reactors (power of two choices): the
// kernel spreads few long-lived connections badly. Unix sockets, one for all reactors, are always
// balanced. When the process is out of descriptors, the acceptor sheds one waiting client and
// pauses, 10 ms doubling to 1 s.
#include "net/accept.hpp"
#include "net/listen.hpp"
#include "reactor/reactor.hpp"
#include "server/listener/listener_state.hpp"

#include <asio/steady_timer.hpp>

namespace telex::server {

class Workers;

// Owner: the worker. Thread: its reactor.
class StreamAcceptor final : public reactor::Pollable, public reactor::TurnWork {
public:
    StreamAcceptor(
        reactor::Reactor& reactor, Workers& workers, ListenerState& listener, net::Bound socket
    );
    ~StreamAcceptor() override;

    // Throws std::system_error.
    void start();
    void stop();

    bool serves(const ListenerState& listener) const { return &listener == &listener_; }

    bool is_at(const net::Address& address) const { return socket_.actual == address; }

    // The listener is removed: its socket file must not outlive the process.
    void give_up() { socket_.give_up(); }

    void on_ready(std::uint32_t events) override;

    void run_turn_work() override { accept_some(); }

private:
    void accept_some();
    void hand_on(net::Accepted accepted);
    void rest(int code);

    reactor::Reactor& reactor_;
    Workers& workers_;
    ListenerState& listener_;
    net::Bound socket_;
    net::ReserveFd reserve_;
    net::AcceptBackoff backoff_;
    asio::steady_timer retry_;
    std::uint64_t random_;
    bool running_ = false;
};

}  // namespace telex::server
