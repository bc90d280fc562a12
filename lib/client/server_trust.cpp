#include "client/server_trust.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <variant>

namespace telex::client {
namespace {

constexpr mode_t kWritableByOthers = S_IWGRP | S_IWOTH;

Error untrusted(const std::string& text) {
    return {Errc::untrusted_server, "not used: " + text};
}

bool is_ours_or_roots(uid_t user) {
    return user == ::geteuid() || user == 0;
}

// Any user may own the service's folder, because only root can create it there.
bool is_made_by_root(std::string_view folder) {
    if (folder != kServiceFolder) {
        return false;
    }
    const std::string parent(folder.substr(0, folder.rfind('/')));
    struct stat status{};
    return ::lstat(parent.c_str(), &status) == 0 && status.st_uid == 0 &&
           (status.st_mode & kWritableByOthers) == 0;
}

bool holds_any(const Credentials& credentials) {
    return !std::holds_alternative<std::monostate>(credentials);
}

}  // namespace

Expected<SocketOwner> find_socket_owner(const std::string& socket_path) {
    const std::string folder = socket_path.substr(0, socket_path.rfind('/'));
    struct stat status{};
    if (::lstat(folder.c_str(), &status) != 0) {
        return tl::unexpected(Error{Errc::connect_failed, std::generic_category().message(errno)});
    }
    if (!S_ISDIR(status.st_mode)) {
        return tl::unexpected(
            untrusted(fmt::format("{} is not a directory or is a symbolic link", folder))
        );
    }
    if (!is_ours_or_roots(status.st_uid) && !is_made_by_root(folder)) {
        return tl::unexpected(untrusted(fmt::format("{} belongs to user {}", folder, status.st_uid))
        );
    }
    if ((status.st_mode & kWritableByOthers) != 0) {
        return tl::unexpected(untrusted(
            fmt::format("others may write to {} (mode {:04o})", folder, status.st_mode & 07777U)
        ));
    }
    return SocketOwner{status.st_uid};
}

std::optional<Error> check_listener(int connected_socket, SocketOwner owner) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(connected_socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        return untrusted(std::generic_category().message(errno));
    }
    if (is_ours_or_roots(peer.uid) || peer.uid == owner.user) {
        return std::nullopt;
    }
    return untrusted(fmt::format("user {} listens there", peer.uid));
}

Expected<std::optional<SocketOwner>> check_server(
    const Endpoint& server, const Credentials& credentials
) {
    if (!server.is_default) {
        return std::optional<SocketOwner>();
    }
    if (server.address.transport == net::Transport::unix_stream) {
        return find_socket_owner(server.address.path).map([](SocketOwner owner) {
            return std::optional(owner);
        });
    }
    if (!server.tls && holds_any(credentials)) {
        return tl::unexpected(untrusted(
            "credentials do not go to a default address without TLS; name the server to send them"
        ));
    }
    return std::optional<SocketOwner>();
}

}  // namespace telex::client
