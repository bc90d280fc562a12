#include "net/stream_io.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace telex::net {

namespace {

IoResult failed(int code, IoStatus wait) {
    return code == EAGAIN ? IoResult{wait, 0, 0} : IoResult{IoStatus::error, 0, code};
}

IoResult receive(int fd, std::span<char> room, int flags) {
    ssize_t got = 0;
    do {
        got = ::recv(fd, room.data(), room.size(), MSG_DONTWAIT | flags);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return failed(errno, IoStatus::wait_read);
    }
    return {got == 0 ? IoStatus::end : IoStatus::done, static_cast<std::size_t>(got), 0};
}

}  // namespace

IoResult recv_some(int fd, std::span<char> room) {
    return receive(fd, room, 0);
}

IoResult peek(int fd) {
    char byte = 0;
    return receive(fd, {&byte, 1}, MSG_PEEK);
}

IoResult peek_some(int fd, std::span<char> room) {
    return receive(fd, room, MSG_PEEK);
}

IoResult send_some(int fd, const iovec* vectors, std::size_t count) {
    msghdr message{};
    // sendmsg takes a mutable pointer but only reads through it.
    message.msg_iov = const_cast<iovec*>(vectors);
    message.msg_iovlen = std::min(count, kMaxVectors);
    ssize_t sent = 0;
    do {
        sent = ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) {
        return {IoStatus::done, static_cast<std::size_t>(sent), 0};
    }
    if (errno == EPIPE || errno == ECONNRESET) {
        return {IoStatus::end, 0, errno};
    }
    return failed(errno, IoStatus::wait_write);
}

IoResult recv_packet(int fd, std::span<char> room) {
    iovec vector{room.data(), room.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    ssize_t got = 0;
    do {
        got = ::recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return failed(errno, IoStatus::wait_read);
    }
    if ((message.msg_flags & MSG_TRUNC) != 0) {
        return {IoStatus::cut, 0, 0};
    }
    return {got == 0 ? IoStatus::end : IoStatus::done, static_cast<std::size_t>(got), 0};
}

IoResult send_packet(int fd, const iovec* vectors, std::size_t count) {
    std::size_t total = 0;
    for (std::size_t i = 0; i < count; ++i) {
        total += vectors[i].iov_len;
    }
    if (total == 0 || count > kMaxVectors) {
        return {IoStatus::error, 0, total == 0 ? EINVAL : EMSGSIZE};
    }
    return send_some(fd, vectors, count);
}

}  // namespace telex::net
