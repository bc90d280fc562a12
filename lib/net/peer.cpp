#include "net/peer.hpp"

#include "base/printable.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace telex::net {

namespace {

// Copies what the kernel filled in; the buffer may be unaligned.
template <class T>
T load(const sockaddr* address, socklen_t length) {
    T value{};
    std::memcpy(&value, address, std::min<std::size_t>(length, sizeof value));
    return value;
}

Peer from_ipv4(const sockaddr* address, socklen_t length) {
    const auto in = load<sockaddr_in>(address, length);
    Ipv4Peer peer;
    std::memcpy(peer.address.data(), &in.sin_addr, peer.address.size());
    peer.port = ntohs(in.sin_port);
    return {peer, std::nullopt};
}

Peer from_ipv6(const sockaddr* address, socklen_t length) {
    const auto in = load<sockaddr_in6>(address, length);
    if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr)) {
        Ipv4Peer peer;
        std::memcpy(peer.address.data(), &in.sin6_addr.s6_addr[12], peer.address.size());
        peer.port = ntohs(in.sin6_port);
        return {peer, std::nullopt};
    }
    Ipv6Peer peer;
    std::memcpy(peer.address.data(), &in.sin6_addr, peer.address.size());
    peer.port = ntohs(in.sin6_port);
    peer.scope = in.sin6_scope_id;
    return {peer, std::nullopt};
}

Peer from_unix(
    const sockaddr* address, socklen_t length, const std::optional<Credentials>& credentials
) {
    constexpr std::size_t kHead = offsetof(sockaddr_un, sun_path);
    if (length <= kHead) {
        return {UnixUnnamedPeer{}, credentials};
    }
    const auto un = load<sockaddr_un>(address, length);
    const std::size_t size = std::min<std::size_t>(length - kHead, sizeof un.sun_path);
    if (un.sun_path[0] == '\0') {
        return {UnixAbstractPeer{std::string(un.sun_path + 1, size - 1)}, credentials};
    }
    return {UnixPathPeer{std::string(un.sun_path, ::strnlen(un.sun_path, size))}, credentials};
}

std::string host_text(const Ipv4Peer& peer) {
    return fmt::format("{}", fmt::join(peer.address, "."));
}

std::string host_text(const Ipv6Peer& peer) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    std::string host =
        ::inet_ntop(AF_INET6, peer.address.data(), buffer.data(), socklen_t{buffer.size()});
    return peer.scope == 0 ? host : fmt::format("{}%{}", host, peer.scope);
}

std::string host_text(const UnixPathPeer& peer) {
    return printable(peer.path);
}

std::string host_text(const UnixAbstractPeer& peer) {
    return "@" + printable(peer.name);
}

std::string host_text(const UnixUnnamedPeer&) {
    return "unix";
}

struct FullText {
    const std::optional<Credentials>& credentials;

    std::string operator()(const Ipv4Peer& peer) const {
        return fmt::format("{}:{}", host_text(peer), peer.port);
    }

    std::string operator()(const Ipv6Peer& peer) const {
        return fmt::format("[{}]:{}", host_text(peer), peer.port);
    }

    std::string operator()(const UnixPathPeer& peer) const { return "unix:" + host_text(peer); }

    std::string operator()(const UnixAbstractPeer& peer) const { return "unix:" + host_text(peer); }

    std::string operator()(const UnixUnnamedPeer&) const {
        return credentials ? fmt::format("unix uid={} pid={}", credentials->uid, credentials->pid)
                           : "unix";
    }
};

}  // namespace

std::string to_string(const Peer& peer) {
    return std::visit(FullText{peer.credentials}, peer.address);
}

std::string host_of(const Peer& peer) {
    if (peer.credentials) {
        return fmt::format("uid-{}", peer.credentials->uid);
    }
    return std::visit([](const auto& address) { return host_text(address); }, peer.address);
}

std::string network_of(const std::string& host) {
    constexpr std::size_t kIpv4Bytes = 3;
    constexpr std::size_t kIpv6Bytes = 7;
    std::array<char, sizeof(in6_addr)> bytes{};
    if (::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) {
        return {bytes.data(), kIpv4Bytes};
    }
    // A scope ("%eth0") is not part of the network.
    if (::inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), bytes.data()) == 1) {
        return {bytes.data(), kIpv6Bytes};
    }
    return {};
}

bool is_loopback(const std::string& host) {
    in_addr v4{};
    return host == "::1" || (::inet_pton(AF_INET, host.c_str(), &v4) == 1 &&
                             ntohl(v4.s_addr) >> 24U == IN_LOOPBACKNET);
}

std::string port_of(const Peer& peer) {
    if (const auto* v4 = std::get_if<Ipv4Peer>(&peer.address)) {
        return fmt::format("{}", v4->port);
    }
    if (const auto* v6 = std::get_if<Ipv6Peer>(&peer.address)) {
        return fmt::format("{}", v6->port);
    }
    return {};
}

Peer peer_from(
    const sockaddr* address, socklen_t length, const std::optional<Credentials>& credentials
) {
    if (length < sizeof(sa_family_t)) {
        return {UnixUnnamedPeer{}, credentials};
    }
    sa_family_t family = AF_UNSPEC;
    std::memcpy(&family, &address->sa_family, sizeof family);
    if (family == AF_INET && length >= sizeof(sockaddr_in)) {
        return from_ipv4(address, length);
    }
    if (family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
        return from_ipv6(address, length);
    }
    if (family == AF_UNIX) {
        return from_unix(address, length, credentials);
    }
    return {UnixUnnamedPeer{}, credentials};
}

Result<Peer, SystemError> peer_of(int fd) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    if (::getpeername(fd, address, &length) != 0) {
        return unexpected(system_error(errno, "getpeername"));
    }
    const bool local = storage.ss_family == AF_UNIX;
    return peer_from(address, length, local ? credentials_of(fd) : std::nullopt);
}

std::vector<gid_t> groups_of(int fd) {
    const auto credentials = credentials_of(fd);
    if (!credentials) {
        return {};
    }
    std::vector<gid_t> groups(32);
    const auto ask = [&](socklen_t& length) {
        length = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
        return ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &length) == 0;
    };
    socklen_t length = 0;
    bool known = ask(length);
    if (!known && errno == ERANGE) {  // the required length was returned
        groups.resize(length / sizeof(gid_t));
        known = ask(length);
    }
    groups.resize(known ? length / sizeof(gid_t) : 0);
    groups.push_back(credentials->gid);
    return groups;
}

std::optional<Credentials> credentials_of(int fd) {
    ucred credentials{};
    socklen_t length = sizeof credentials;
    // A socket that is not connected reports uid -1; pid 0 is a peer in another pid namespace.
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0 ||
        credentials.uid == static_cast<uid_t>(-1)) {
        return std::nullopt;
    }
    return Credentials{credentials.pid, credentials.uid, credentials.gid};
}

}  // namespace telex::net
