#include "net/listen.hpp"

#include "net/datagram.hpp"
#include "net/socket_address.hpp"
#include "net/socket_options.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace telex::net {

namespace {

// Port 0 with several addresses: number of attempts to pick a port that is free on all of them.
constexpr int kPortAttempts = 32;

using Sockets = Result<std::vector<Bound>, SystemError>;
using Opened = Result<UniqueFd, SystemError>;

struct Task {
    const Address& address;
    const ListenOptions& options;
    unsigned count;
    KeptSockets& kept;
};

SystemError named(const SystemError& error, const Address& address) {
    return {error.code, fmt::format("listen on {}: {}", to_string(address), error.what)};
}

bool unavailable(int code) {
    return code == EAFNOSUPPORT || code == EADDRNOTAVAIL;
}

[[nodiscard]] Result<void, SystemError> apply_buffers(int fd, const ListenOptions& options) {
    if (options.receive_buffer) {
        if (auto set = set_receive_buffer(fd, *options.receive_buffer); !set) {
            return set;
        }
    }
    return options.send_buffer ? set_send_buffer(fd, *options.send_buffer)
                               : Result<void, SystemError>{};
}

[[nodiscard]] Result<void, SystemError> prepare_inet(int fd, const Task& task, int family) {
    if (family == AF_INET6) {
        const int only = task.address.host != "*" && task.options.ipv6_only ? 1 : 0;
        if (auto set = set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, only, "IPV6_V6ONLY"); !set) {
            return set;
        }
    }
    if (task.address.transport == Transport::udp) {
        // No SO_REUSEADDR: for UDP it would let other processes share the port.
        if (auto set = prepare_datagram_socket(fd); !set) {
            return set;
        }
    } else if (auto set = set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR"); !set) {
        return set;
    }
    return apply_buffers(fd, task.options);
}

[[nodiscard]] Result<void, SystemError> share_port(int fd) {
    return set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT");
}

bool is_number(const std::string& host) {
    in_addr v4{};
    in6_addr v6{};
    return ::inet_pton(AF_INET, host.c_str(), &v4) == 1 ||
           ::inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &v6) == 1;
}

[[nodiscard]] Result<void, SystemError> allow_missing_address(int fd, int family) {
    return family == AF_INET6 ? set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1, "IPV6_FREEBIND")
                              : set_option(fd, IPPROTO_IP, IP_FREEBIND, 1, "IP_FREEBIND");
}

// Returns whether the host lacks the address. A numeric address is bound nevertheless: an interface
// may get its address later, IPv6 some seconds later. A name may have other usable addresses.
[[nodiscard]] Result<bool, SystemError> bind_inet(
    int fd, const Task& task, const SocketAddress& where
) {
    if (::bind(fd, where.get(), where.length) == 0) {
        return false;
    }
    if (errno != EADDRNOTAVAIL || !is_number(task.address.host)) {
        return unexpected(system_error(errno, "bind"));
    }
    if (auto allowed = allow_missing_address(fd, where.family()); !allowed) {
        return unexpected(std::move(allowed.error()));
    }
    if (::bind(fd, where.get(), where.length) != 0) {
        return unexpected(system_error(errno, "bind"));
    }
    return true;
}

// Like bind_inet.
[[nodiscard]] Result<bool, SystemError> bind_and_listen(
    int fd, const Task& task, const SocketAddress& where
) {
    auto bound = bind_inet(fd, task, where);
    if (bound && task.address.transport != Transport::udp &&
        ::listen(fd, task.options.backlog) != 0) {
        return unexpected(system_error(errno, "listen"));
    }
    return bound;
}

// Applies settings that may have changed since the socket was made.
[[nodiscard]] Result<Bound, SystemError> resume_slot(
    const Task& task, KeptSocket kept, unsigned slot
) {
    auto ready = apply_buffers(kept.fd.get(), task.options);
    if (ready && task.count > 1) {
        ready = share_port(kept.fd.get());
    }
    if (ready && task.address.transport != Transport::udp &&
        ::listen(kept.fd.get(), task.options.backlog) != 0) {
        ready = unexpected(system_error(errno, "listen"));
    }
    if (!ready) {
        return unexpected(std::move(ready.error()));
    }
    auto actual = local_address(kept.fd.get());
    if (!actual) {
        return unexpected(std::move(actual.error()));
    }
    return Bound{std::move(kept.fd), *std::move(actual), slot, std::nullopt, true};
}

// `slot` 0 binds the port exclusively, then opens it to its siblings; the others join.
[[nodiscard]] Result<Bound, SystemError> open_slot(
    const Task& task, const SocketAddress& where, unsigned slot
) {
    auto fd = open_socket(where.family(), socket_type(task.address.transport));
    if (!fd) {
        return unexpected(std::move(fd.error()));
    }
    auto ready = prepare_inet(fd->get(), task, where.family());
    if (ready && slot > 0) {
        ready = share_port(fd->get());
    }
    if (!ready) {
        return unexpected(std::move(ready.error()));
    }
    const auto is_missing = bind_and_listen(fd->get(), task, where);
    if (!is_missing) {
        return unexpected(is_missing.error());
    }
    if (slot == 0 && task.count > 1) {
        if (auto shared = share_port(fd->get()); !shared) {
            return unexpected(std::move(shared.error()));
        }
    }
    auto actual = local_address(fd->get());
    if (!actual) {
        return unexpected(std::move(actual.error()));
    }
    return Bound{*std::move(fd), *std::move(actual), slot, std::nullopt, false, *is_missing};
}

[[nodiscard]] Result<void, SystemError> open_group(
    const Task& task, SocketAddress where, std::uint16_t& port, std::vector<Bound>& out
) {
    set_port(where, port);
    for (unsigned slot = 0;; ++slot) {
        auto kept = task.kept.take(where, task.address.transport);
        if (!kept && slot >= task.count) {
            return {};
        }
        auto bound =
            kept ? resume_slot(task, *std::move(kept), slot) : open_slot(task, where, slot);
        if (!bound) {
            return unexpected(std::move(bound.error()));
        }
        port = bound->actual.port;
        set_port(where, port);
        out.push_back(*std::move(bound));
    }
}

// One attempt over all addresses; the first picks the port if it is 0.
[[nodiscard]] Sockets open_all(const Task& task, const std::vector<SocketAddress>& places) {
    std::vector<Bound> out;
    std::optional<SystemError> skipped;
    std::uint16_t port = task.address.port;
    for (const SocketAddress& place : places) {
        auto opened = open_group(task, place, port, out);
        if (opened) {
            continue;
        }
        if (!unavailable(opened.error().code)) {
            return unexpected(std::move(opened.error()));
        }
        skipped = std::move(opened.error());
    }
    if (out.empty()) {
        return unexpected(
            skipped ? *std::move(skipped) : system_error(EADDRNOTAVAIL, "resolve", "no address")
        );
    }
    return out;
}

[[nodiscard]] Sockets listen_inet(const Task& task) {
    auto places = resolve(task.address, Purpose::listen);
    if (!places) {
        return unexpected(std::move(places.error()));
    }
    Sockets sockets = open_all(task, *places);
    if (!sockets && unavailable(sockets.error().code) && task.address.host == "*") {
        // A host without IPv6: "*" means IPv4 only.
        Address any = task.address;
        any.host = "0.0.0.0";
        return listen_inet({any, task.options, task.count, task.kept});
    }
    for (int attempt = 1; attempt < kPortAttempts && !sockets && task.address.port == 0 &&
                          sockets.error().code == EADDRINUSE;
         ++attempt) {
        sockets = open_all(task, *places);
    }
    return sockets;
}

[[nodiscard]] Opened open_unix(const Task& task) {
    auto fd = open_socket(AF_UNIX, socket_type(task.address.transport));
    if (!fd) {
        return fd;
    }
    auto ready = apply_buffers(fd->get(), task.options);
    if (ready && is_datagram(task.address.transport)) {
        ready = prepare_datagram_socket(fd->get());
    }
    if (!ready) {
        return unexpected(std::move(ready.error()));
    }
    return fd;
}

[[nodiscard]] Result<Bound, SystemError> bind_unix(const Task& task) {
    auto fd = open_unix(task);
    if (!fd) {
        return unexpected(std::move(fd.error()));
    }
    Bound bound{*std::move(fd), task.address, 0, std::nullopt};
    if (task.address.abstract) {
        const SocketAddress where = unix_socket_address(task.address);
        if (::bind(bound.fd.get(), where.get(), where.length) != 0) {
            return unexpected(system_error(errno, "bind"));
        }
    } else {
        auto guard = UnixSocketGuard::bind(bound.fd.get(), task.address, task.options.file);
        if (!guard) {
            return unexpected(std::move(guard.error()));
        }
        bound.guard.emplace(*std::move(guard));
    }
    return bound;
}

// Reuses the kept socket if clients can still reach it.
[[nodiscard]] Result<std::optional<Bound>, SystemError> resume_unix(const Task& task) {
    auto kept = task.kept.take(unix_socket_address(task.address), task.address.transport);
    if (!kept) {
        return std::optional<Bound>();
    }
    Bound bound{std::move(kept->fd), task.address, 0, std::nullopt, true};
    if (!task.address.abstract) {
        auto guard = UnixSocketGuard::resume(kept->file, task.address, task.options.file);
        if (!guard) {
            return unexpected(std::move(guard.error()));
        }
        if (!*guard) {
            return std::optional<Bound>();
        }
        bound.guard = *std::move(guard);
    }
    return std::optional(std::move(bound));
}

[[nodiscard]] Sockets listen_unix(const Task& task) {
    auto resumed = resume_unix(task);
    if (!resumed) {
        return unexpected(std::move(resumed.error()));
    }
    auto bound = *resumed ? Result<Bound, SystemError>(**std::move(resumed)) : bind_unix(task);
    if (!bound) {
        return unexpected(std::move(bound.error()));
    }
    if (!is_datagram(task.address.transport) &&
        ::listen(bound->fd.get(), task.options.backlog) != 0) {
        return unexpected(system_error(errno, "listen"));
    }
    std::vector<Bound> out;
    out.push_back(*std::move(bound));
    return out;
}

}  // namespace

Sockets listen_on(
    const Address& address, const ListenOptions& options, unsigned count, KeptSockets kept
) {
    Sockets sockets =
        unexpected(SystemError{EINVAL, "descriptors come from systemd, not from here"});
    if (count == 0 || options.backlog <= 0) {
        sockets = unexpected(SystemError{EINVAL, "no sockets or no backlog asked for"});
    } else if (is_unix(address.transport)) {
        sockets = listen_unix({address, options, 1, kept});
    } else if (address.transport != Transport::systemd) {
        sockets = listen_inet({address, options, options.reuse_port ? count : 1, kept});
    }
    if (!sockets) {
        return unexpected(named(sockets.error(), address));
    }
    return sockets;
}

}  // namespace telex::net
