#pragma once
// A kernel socket address of any family, by value.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/address.hpp"
#include "net/socket_error.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace telex::net {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;  // 0: an unnamed unix socket, which cannot be sent to

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }

    int family() const { return length == 0 ? AF_UNSPEC : int{storage.ss_family}; }

    // Equal for equal addresses: a key for tables of datagram peers.
    ByteView octets() const { return {reinterpret_cast<const char*>(&storage), length}; }

    bool operator==(const SocketAddress& other) const { return octets() == other.octets(); }
};

enum class Purpose : std::uint8_t { listen, connect };

// SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET; not for systemd addresses.
int socket_type(Transport transport);

SocketAddress unix_socket_address(const Address& address);

// Returns every address of a tcp or udp host once, in the resolver's order; blocks during look-up.
// "*" is [::] for listeners (the caller makes it dual-stack) and loopback for connecting.
[[nodiscard]] Result<std::vector<SocketAddress>, SystemError> resolve(
    const Address& address, Purpose purpose
);

// For IPv4 and IPv6; nullopt for other families.
std::optional<std::uint16_t> port_of(const SocketAddress& address);
// For IPv4 and IPv6 only.
void set_port(SocketAddress& address, std::uint16_t port);

// From getsockname.
[[nodiscard]] Result<SocketAddress, SystemError> bound_address(int fd);

// The address and transport that a socket is bound to: actual port, "*" for dual-stack any.
[[nodiscard]] Result<Address, SystemError> local_address(int fd);

}  // namespace telex::net
