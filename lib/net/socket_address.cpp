#include "net/socket_address.hpp"

#include "net/peer.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

namespace telex::net {

namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

int code_of(int lookup_error) {
    switch (lookup_error) {
        case EAI_SYSTEM:
            return errno;
        case EAI_MEMORY:
            return ENOMEM;
        case EAI_AGAIN:
            return EAGAIN;
        default:
            return EADDRNOTAVAIL;
    }
}

SystemError lookup_failed(const Address& address, int lookup_error) {
    const int code = code_of(lookup_error);
    const std::string doing = fmt::format("look up {}", to_string(address));
    return lookup_error == EAI_SYSTEM ? system_error(code, doing)
                                      : system_error(code, doing, ::gai_strerror(lookup_error));
}

SocketAddress from_info(const addrinfo& info) {
    SocketAddress address;
    address.length = std::min<socklen_t>(info.ai_addrlen, sizeof address.storage);
    std::memcpy(&address.storage, info.ai_addr, address.length);
    return address;
}

[[nodiscard]] Result<Address, SystemError> with_transport(int fd, int domain) {
    int type = 0;
    socklen_t length = sizeof type;
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0) {
        return unexpected(system_error(errno, "getsockopt SO_TYPE"));
    }
    Address address;
    if (domain == AF_UNIX) {
        address.transport = type == SOCK_STREAM  ? Transport::unix_stream
                            : type == SOCK_DGRAM ? Transport::unix_datagram
                                                 : Transport::unix_seqpacket;
    } else {
        address.transport = type == SOCK_STREAM ? Transport::tcp : Transport::udp;
    }
    return address;
}

bool is_dual_stack_any(int fd, const SocketAddress& local) {
    if (local.family() != AF_INET6) {
        return false;
    }
    sockaddr_in6 in{};
    std::memcpy(&in, &local.storage, sizeof in);
    int v6_only = 1;
    socklen_t length = sizeof v6_only;
    ::getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, &length);
    return IN6_IS_ADDR_UNSPECIFIED(&in.sin6_addr) && v6_only == 0;
}

std::uint16_t port_number(const SocketAddress& local) {
    // sockaddr_in and sockaddr_in6 have the port at the same offset.
    sockaddr_in in{};
    std::memcpy(&in, &local.storage, sizeof in);
    return ntohs(in.sin_port);
}

}  // namespace

std::optional<std::uint16_t> port_of(const SocketAddress& address) {
    if (address.family() == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address.storage, sizeof v4);
        return ntohs(v4.sin_port);
    }
    if (address.family() == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address.storage, sizeof v6);
        return ntohs(v6.sin6_port);
    }
    return std::nullopt;
}

int socket_type(Transport transport) {
    if (is_datagram(transport)) {
        return SOCK_DGRAM;
    }
    return transport == Transport::unix_seqpacket ? SOCK_SEQPACKET : SOCK_STREAM;
}

SocketAddress unix_socket_address(const Address& address) {
    constexpr std::size_t kHead = offsetof(sockaddr_un, sun_path);
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    const std::size_t size = std::min(address.path.size(), kMaxUnixPath);
    std::memcpy(un.sun_path + (address.abstract ? 1 : 0), address.path.data(), size);
    SocketAddress out;
    // The length of a path includes its final NUL, that of an abstract name its leading one.
    out.length = static_cast<socklen_t>(kHead + size + 1);
    std::memcpy(&out.storage, &un, sizeof un);
    return out;
}

Result<std::vector<SocketAddress>, SystemError> resolve(const Address& address, Purpose purpose) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = socket_type(address.transport);
    hints.ai_flags = AI_NUMERICSERV;
    const char* host = address.host.c_str();
    if (address.host == "*") {
        host = purpose == Purpose::listen ? "::" : nullptr;
    }
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host, std::to_string(address.port).c_str(), &hints, &found);
    if (failed != 0) {
        return unexpected(lookup_failed(address, failed));
    }
    const AddressList list(found, &::freeaddrinfo);
    std::vector<SocketAddress> out;
    for (const addrinfo* info = list.get(); info != nullptr; info = info->ai_next) {
        const SocketAddress candidate = from_info(*info);
        if (std::find(out.begin(), out.end(), candidate) == out.end()) {
            out.push_back(candidate);
        }
    }
    return out;
}

void set_port(SocketAddress& address, std::uint16_t port) {
    // sockaddr_in and sockaddr_in6 have the port at the same offset.
    sockaddr_in in{};
    std::memcpy(&in, &address.storage, sizeof in);
    in.sin_port = htons(port);
    std::memcpy(&address.storage, &in, sizeof in);
}

Result<SocketAddress, SystemError> bound_address(int fd) {
    SocketAddress bound;
    bound.length = sizeof bound.storage;
    if (::getsockname(fd, bound.get(), &bound.length) != 0) {
        return unexpected(system_error(errno, "getsockname"));
    }
    return bound;
}

Result<Address, SystemError> local_address(int fd) {
    const auto bound = bound_address(fd);
    if (!bound) {
        return unexpected(bound.error());
    }
    const SocketAddress& local = *bound;
    const int domain = local.storage.ss_family;
    auto address = with_transport(fd, domain);
    if (!address || domain == AF_UNIX) {
        if (address) {
            const Peer self = peer_from(local.get(), local.length);
            if (const auto* path = std::get_if<UnixPathPeer>(&self.address)) {
                address->path = path->path;
            } else if (const auto* name = std::get_if<UnixAbstractPeer>(&self.address)) {
                address->path = name->name;
                address->abstract = true;
            }
        }
        return address;
    }
    address->port = port_number(local);
    address->host =
        is_dual_stack_any(fd, local) ? "*" : host_of(peer_from(local.get(), local.length));
    return address;
}

}  // namespace telex::net
