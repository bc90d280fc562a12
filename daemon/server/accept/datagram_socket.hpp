#pragma once
// One UDP or unix datagram socket on one reactor, and the peers that send to it.
//
// A peer is a source address; unix senders without a name are distinguished by their user. Its
// session ends after a silence, or when the listener's limit requires its slot. A datagram is one
// frame, or several (`split_packets`); a truncated one is dropped. A slice may end between any two
// frames: the next one goes on with the rest of what was read.
#include "net/datagram.hpp"
#include "net/listen.hpp"
#include "reactor/reactor.hpp"
#include "server/connection/datagram_peer.hpp"
#include "server/listener/listener_state.hpp"
#include "server/stream/packet_frames.hpp"
#include "server/stream/reactor_buffers.hpp"

#include <list>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

namespace telex::server {

class Workers;

// Owner: the worker. Thread: its reactor.
class DatagramSocket final : public reactor::Pollable, public reactor::TurnWork {
public:
    DatagramSocket(
        exchange::Shard& shard, Workers& workers, ListenerState& listener, net::Bound socket
    );
    ~DatagramSocket() override;

    // Throws std::system_error.
    void start();
    void stop();

    bool serves(const ListenerState& listener) const { return &listener == &listener_; }

    bool is_at(const net::Address& address) const { return socket_.actual == address; }

    // The listener is removed: its socket file must not outlive the process.
    void give_up() { socket_.give_up(); }

    void on_tick();
    void reauthorize_users();
    void rename_listener(const std::shared_ptr<const std::string>& name);

    void on_ready(std::uint32_t events) override;

    void run_turn_work() override;

private:
    using Peers = std::list<std::unique_ptr<DatagramPeer>>;

    // Returns true if there may be more.
    bool read_batch();
    // Handles what was read, until the slice is over. Returns true if nothing of it is left.
    bool serve_batch();
    // One frame of the datagram, or its end.
    void serve_frame(const net::Datagram& datagram);
    // Returns false if the datagram is refused.
    bool begin(const net::Datagram& datagram);
    void pass_on(const net::Datagram& datagram, ByteView payload);
    bool has_impossible_source(const net::Datagram& datagram) const;
    DatagramPeer& peer_of(const net::Datagram& datagram);
    void remove(Peers::iterator peer);
    void note_kernel_drops();

    exchange::Shard& shard_;
    Workers& workers_;
    ListenerState& listener_;
    net::Bound socket_;
    PacketFrames frames_;
    net::DatagramReader reader_;
    std::span<const net::Datagram> batch_;  // not handled yet; the first perhaps in part
    bool is_new_ = false;                   // no frame of the first was passed on
    bool is_refused_ = false;               // its sender's session has ended
    ReactorBuffers buffers_;                // for frames that must be copied
    Peers peers_;                           // most recently active first
    std::unordered_map<std::string, Peers::iterator> by_key_;
    std::string key_;
    std::uint32_t kernel_drops_ = 0;
    bool running_ = false;
};

}  // namespace telex::server
