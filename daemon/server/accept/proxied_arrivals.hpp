#pragma once
// Connections that arrive through proxies. A listener with `proxy_protocol` takes them from these
// networks only, and each must begin with a header that names the peer that the proxy forwards.
//
//   accepted -> header complete ------------> a connection of the peer that it names
//            |-> no header, or a wrong one
//            |-> not in time                  a connection of the proxy, which is rejected
//            |-> too many without a header
//            \-> from elsewhere
//
// A header is read before there is a connection: what counts for a peer (limits, penalties, its
// place among all of its network) counts for the one that the header names from the beginning. No
// byte after the header is read: it may be the beginning of a TLS handshake.
//
// Owner: the worker. Thread: its reactor.
#include "net/accept.hpp"
#include "net/proxy_header.hpp"
#include "reactor/reactor.hpp"
#include "server/connection/entry_rules.hpp"
#include "server/connection/turn_timers.hpp"
#include "server/listener/listener_slot.hpp"
#include "server/listener/listener_state.hpp"
#include "server/stream/byte_stream.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

namespace telex::server {

// An accepted socket that becomes a connection.
struct Arrival {
    net::UniqueFd fd;
    net::Peer peer;
    net::Transport transport;
    Forwarding forwarding = Forwarding::none;
    ListenerState* listener = nullptr;
    ListenerSlot slot;
    std::optional<Rejection> rejection;
};

// A proxy with this peer address may connect.
bool trusts(const ProxyProtocolOptions& options, const net::Peer& proxy);
// Sets the peer of an arrival from a proxy: the one that the header names, or the proxy. A loopback
// address from a proxy on another host means a process of that host: then the proxy's address
// counts, because telexd treats its own loopback addresses as safe.
void apply(net::ProxyHeader header, Arrival& arrival);

class ProxiedArrivals {
public:
    using Admit = std::function<void(Arrival)>;
    // A connection has ended without having sent a byte: a check of the proxy.
    using Forget = std::function<void()>;

    ProxiedArrivals(reactor::Reactor& reactor, TurnTimers& timers, Admit admit, Forget forget);
    ~ProxiedArrivals();
    ProxiedArrivals(const ProxiedArrivals&) = delete;
    ProxiedArrivals& operator=(const ProxiedArrivals&) = delete;

    // Requires a listener with `proxy_protocol`.
    void add(net::Accepted accepted, net::Transport transport, ListenerState& listener);
    // Admits those whose header is there, and closes the others.
    void stop();

    std::size_t waiting() const { return waiting_.size(); }

private:
    class Wait;

    // Ends the wait.
    void admit(Wait& wait, std::optional<Rejection> rejection);
    void pass_on(Arrival arrival);
    void forget(Wait& wait);
    void remove(Wait& wait);

    reactor::Reactor& reactor_;
    TurnTimers& timers_;
    Admit admit_;
    Forget forget_;
    std::unordered_map<const Wait*, std::unique_ptr<Wait>> waiting_;
};

}  // namespace telex::server
