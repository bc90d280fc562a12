#pragma once
// Opens listeners: binds their sockets and derives their settings. Nothing is served yet
// (listener_set.hpp), so that a reload can fail and change nothing.
//
// Owner and thread: the server's.
#include "base/result.hpp"
#include "net/listen.hpp"
#include "net/socket_error.hpp"
#include "sd/socket_store.hpp"
#include "server/listener/listener_options.hpp"
#include "server/listener/listener_settings.hpp"
#include "server/server_options.hpp"

#include <vector>

namespace telex::server {

// The sockets of one address.
using BoundSockets = std::vector<net::Bound>;

struct PreparedListener {
    ListenerSettingsPtr settings;
    std::vector<BoundSockets> sockets;  // of each of its addresses
};

class ListenerOpener {
public:
    // Both outlive it. `has_users`: clients must authenticate.
    ListenerOpener(const ServerOptions& options, sd::SocketStore& sockets, bool has_users)
        : options_(options), sockets_(sockets), has_users_(has_users) {}

    // Binds all addresses. If one of them fails, no socket stays open.
    [[nodiscard]] Result<PreparedListener, net::SystemError> prepare(ListenerOptions options) const;
    // `lock`: of the socket file that the new one replaces.
    [[nodiscard]] Result<BoundSockets, net::SystemError> bind(
        const net::Address& address, const ListenerOptions& options, net::UnixLockPtr lock = nullptr
    ) const;
    // `sockets` are checked against protocol and TLS.
    [[nodiscard]] Result<ListenerSettingsPtr, net::SystemError> make_settings(
        ListenerOptions options, const std::vector<BoundSockets>& sockets
    ) const;

private:
    const ServerOptions& options_;
    sd::SocketStore& sockets_;
    const bool has_users_;
};

}  // namespace telex::server
