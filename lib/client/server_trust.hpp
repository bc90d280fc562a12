#pragma once
// Which default servers a client uses. A configured server is the user's decision. A default server
// is only a guess, and other users of the host may listen there:
//
//   - A unix socket is used if its folder belongs to this user or root, or is the service's folder
//     /run/telex, and is not writable by others. The listening process must run as this user, as
//     root, or as the owner of the folder. The kernel verifies this for the connected socket, so a
//     later change of the path does not matter.
//   - Credentials are not sent to a TCP address without TLS: any user of the host can listen on the
//     port while the exchange does not. That includes a signature, which could be relayed.
#include "client/endpoint.hpp"
#include <telex/error.hpp>
#include <telex/options.hpp>

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace telex::client {

// The folder of telexd.service. Only root can create it; it belongs to the service's user.
inline constexpr std::string_view kServiceFolder = "/run/telex";

// The permitted owner of a unix socket besides this user and root.
struct SocketOwner {
    uid_t user = 0;
};

// Returns the owner of the socket's folder. Errors: untrusted_server; connect_failed if there is no
// such folder.
[[nodiscard]] Expected<SocketOwner> find_socket_owner(const std::string& socket_path);

// Returns untrusted_server if the process at the other end of a connected unix socket runs as
// another user.
std::optional<Error> check_listener(int connected_socket, SocketOwner owner);

// Returns the owner to check once `server` is connected; nullopt for a configured server. Errors:
// why the server must not be used.
[[nodiscard]] Expected<std::optional<SocketOwner>> check_server(
    const Endpoint& server, const Credentials& credentials
);

}  // namespace telex::client
