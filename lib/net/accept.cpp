#include "net/accept.hpp"

#include "net/socket_address.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace telex::net {

AcceptFailure classify_accept_error(int code) {
    switch (code) {
        case EAGAIN:
            return AcceptFailure::again;
        // Linux passes on errors already pending on the new connection (accept(2)).
        case ECONNABORTED:
        case EPROTO:
        case EINTR:
        case EPERM:
        case ENETDOWN:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case ENONET:
        case EHOSTUNREACH:
        case ENETUNREACH:
        case ECONNRESET:
        case ETIMEDOUT:
            return AcceptFailure::transient;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return AcceptFailure::out_of_descriptors;
        default:
            return AcceptFailure::fatal;
    }
}

Result<Accepted, AcceptStatus> accept_one(int listen_fd) {
    SocketAddress from;
    from.length = sizeof from.storage;
    UniqueFd fd(::accept4(listen_fd, from.get(), &from.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) {
        const int code = errno;
        return unexpected(AcceptStatus{classify_accept_error(code), code});
    }
    const bool local = from.family() == AF_UNIX;
    const auto credentials = local ? credentials_of(fd.get()) : std::nullopt;
    Peer peer = peer_from(from.get(), from.length, credentials);
    return Accepted{std::move(fd), std::move(peer)};
}

ReserveFd::ReserveFd() {
    rearm();
}

bool ReserveFd::rearm() {
    if (!fd_) {
        fd_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
    return armed();
}

bool ReserveFd::shed_one(int listen_fd) {
    if (!rearm()) {
        return false;
    }
    fd_.reset();
    UniqueFd victim(::accept4(listen_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const bool shed = static_cast<bool>(victim);
    victim.reset();
    rearm();
    return shed;
}

TimePoint AcceptBackoff::on_failure(TimePoint now) {
    retry_at_ = now + next_;
    next_ = std::min(next_ * 2, kLongest);
    return retry_at_;
}

void AcceptBackoff::on_success() {
    next_ = kFirst;
    retry_at_ = TimePoint::min();
}

}  // namespace telex::net
