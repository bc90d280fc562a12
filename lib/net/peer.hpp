#pragma once
// Who is at the other end: one type for every kind of socket and one way to write it.
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

// As the kernel reports them: of the moment of connect (streams) or of each datagram.
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
    std::uint32_t scope = 0;  // interface number of a link-local address

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

// What most unix clients are: they never bound a name.
struct UnixUnnamedPeer {
    bool operator==(const UnixUnnamedPeer&) const = default;
};

struct Peer {
    std::variant<UnixUnnamedPeer, Ipv4Peer, Ipv6Peer, UnixPathPeer, UnixAbstractPeer> address;
    // Unix sockets only. A path or an abstract name is the peer's own claim; this is not.
    std::optional<Credentials> credentials;

    bool operator==(const Peer&) const = default;
};

// "127.0.0.1:53412", "[::1]:4", "unix:/run/x", "unix:@name", "unix uid=1000 pid=42", "unix".
std::string to_string(const Peer& peer);
// Without the port, for subject templates: "127.0.0.1", "::1"; unix: "uid-1000" when the kernel
// vouches for it, else the claimed "/run/x" or "@name", else "unix".
std::string host_of(const Peer& peer);
// The network that one party may own, of a host_of(): the bytes of an IPv4 address without its last
// one, the first 56 bits of an IPv6 address; empty for anything else.
std::string network_of(const std::string& host);
// The host_of() a peer on this machine that came by IP.
bool is_loopback(const std::string& host);
// Decimal; empty for unix sockets.
std::string port_of(const Peer& peer);

// An IPv4 peer of a dual-stack socket (::ffff:a.b.c.d) becomes IPv4. A length of 0 is an unnamed
// unix peer. Families that telex never opens give an unnamed peer too.
Peer peer_from(
    const sockaddr* address,
    socklen_t length,
    const std::optional<Credentials>& credentials = std::nullopt
);
// The peer of a connected socket, with its credentials when it is a unix socket.
[[nodiscard]] Result<Peer, SystemError> peer_of(int fd);
// The credentials at the other end of a connected unix stream or seqpacket socket.
std::optional<Credentials> credentials_of(int fd);
// All groups of the process there, at the moment of connect; empty for other sockets.
std::vector<gid_t> groups_of(int fd);

}  // namespace telex::net
