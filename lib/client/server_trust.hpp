#pragma once
// Which default servers a client uses. A server that was named is its user's decision. A default
// one is only a guess, and other users of the host may listen there:
//
//   - A unix socket is used when its folder belongs to this user or to root, or is the service's
//     folder /run/telex, and nobody else may write there. The process that listens must run as
//     this user, as root, or as the owner of the folder. The kernel says that of the socket that
//     was connected, so it holds whatever happened to the path meanwhile.
//   - Credentials do not go to a TCP address without TLS: any user of the host may listen on the
//     port while the exchange does not. That includes a signature, which could be passed on.
#include "client/endpoint.hpp"
#include <telex/error.hpp>
#include <telex/options.hpp>

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace telex::client {

// Where telexd.service has its socket. Only root can make it; it belongs to the service's user.
inline constexpr std::string_view kServiceFolder = "/run/telex";

// Who may listen on a unix socket besides this user and root.
struct SocketOwner {
    uid_t user = 0;
};

// Returns the owner of the folder that holds the socket. Errors: untrusted_server; connect_failed
// when there is no such folder.
[[nodiscard]] Expected<SocketOwner> find_socket_owner(const std::string& socket_path);

// Returns untrusted_server when the process that listens at the other end of a connected unix
// socket runs as somebody else.
std::optional<Error> check_listener(int connected_socket, SocketOwner owner);

// What has to be checked once `server` is connected; nothing for a server that was named. Errors:
// why the server must not be used.
[[nodiscard]] Expected<std::optional<SocketOwner>> check_server(
    const Endpoint& server, const Credentials& credentials
);

}  // namespace telex::client
