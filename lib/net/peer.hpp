#pragma once
// The peer of a socket: one type and one notation for every kind of socket.
#include "base/result.hpp"
#include "net/socket_error.hpp"

#include <sys/socket.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace telex::net {

// As reported by the kernel, at the time of connect (streams) or for each datagram.
struct Credentials {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;

    bool operator==(const Credentials&) const = default;
};

struct Ipv4Peer {
    std::array<std::uint8_t, 4> address{};
    std::uint16_t port = 0;

    bool operator==(const Ipv4Peer&) const = default;
};

struct Ipv6Peer {
    std::array<std::uint8_t, 16> address{};
    std::uint16_t port = 0;
    std::uint32_t scope = 0;  // interface index of a link-local address

    bool operator==(const Ipv6Peer&) const = default;
};

struct UnixPathPeer {
    std::string path;

    bool operator==(const UnixPathPeer&) const = default;
};

struct UnixAbstractPeer {
    std::string name;  // without its leading NUL

    bool operator==(const UnixAbstractPeer&) const = default;
};

// Most unix clients: sockets without a bound name.
struct UnixUnnamedPeer {
    bool operator==(const UnixUnnamedPeer&) const = default;
};

struct Peer {
    std::variant<UnixUnnamedPeer, Ipv4Peer, Ipv6Peer, UnixPathPeer, UnixAbstractPeer> address;
    // Unix sockets only. Verified by the kernel; a path or abstract name is only claimed by the
    // peer.
    std::optional<Credentials> credentials;

    bool operator==(const Peer&) const = default;
};

// "127.0.0.1:53412", "[::1]:4", "unix:/run/x", "unix:@name", "unix uid=1000 pid=42", "unix".
std::string to_string(const Peer& peer);
// Without the port, for subject templates: "127.0.0.1", "::1"; unix: "uid-1000" if verified by the
// kernel, else the claimed "/run/x" or "@name", else "unix".
std::string host_of(const Peer& peer);
// The network of a host_of() that one owner may control: the first three bytes of an IPv4 address,
// the first 56 bits of an IPv6 address; empty for other peers.
std::string network_of(const std::string& host);
// The host_of() of a local peer connected by IP.
bool is_loopback(const std::string& host);
// Decimal; empty for unix sockets.
std::string port_of(const Peer& peer);

// An IPv4 peer of a dual-stack socket (::ffff:a.b.c.d) becomes IPv4. A length of 0 and unsupported
// families give an unnamed unix peer.
Peer peer_from(
    const sockaddr* address,
    socklen_t length,
    const std::optional<Credentials>& credentials = std::nullopt
);
// The peer of a connected socket, with credentials for unix sockets.
[[nodiscard]] Result<Peer, SystemError> peer_of(int fd);
// The credentials of the peer of a connected unix stream or seqpacket socket.
std::optional<Credentials> credentials_of(int fd);
// All groups of the peer's process at the time of connect; empty for other sockets.
std::vector<gid_t> groups_of(int fd);

}  // namespace telex::net
