#include "net/datagram.hpp"

#include "net/fd.hpp"
#include "net/socket_options.hpp"

#include <netinet/udp.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace telex::net {

namespace {

// Maximum number of bytes that the kernel coalesces.
constexpr std::size_t kMaxCoalesced = 65'535;

void close_attached(const cmsghdr& header, const unsigned char* data) {
    const std::size_t count = (header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
        int fd = -1;
        std::memcpy(&fd, data + i * sizeof fd, sizeof fd);
        UniqueFd(fd).reset();
    }
}

iovec vector_of(ByteView bytes) {
    // The kernel only reads through this pointer.
    return {const_cast<char*>(bytes.data()), bytes.size()};
}

void address_to(msghdr& header, const SocketAddress& to) {
    header.msg_name = const_cast<sockaddr*>(to.get());
    header.msg_namelen = to.length;
}

}  // namespace

Result<void, SystemError> prepare_datagram_socket(int fd) {
    int domain = 0;
    socklen_t length = sizeof domain;
    if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) {
        return unexpected(system_error(errno, "getsockopt SO_DOMAIN"));
    }
    if (domain == AF_UNIX) {
        return set_option(fd, SOL_SOCKET, SO_PASSCRED, 1, "SO_PASSCRED");
    }
    // Without it the kernel delivers the datagrams one by one.
    (void)set_option(fd, SOL_UDP, UDP_GRO, 1, "UDP_GRO");
    return set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 1, "SO_RXQ_OVFL");
}

DatagramReader::DatagramReader(std::size_t batch, std::size_t max_bytes, Coalescing coalescing)
    : max_bytes_(max_bytes),
      slot_bytes_(coalescing == Coalescing::possible ? kMaxCoalesced : max_bytes),
      storage_(std::make_unique_for_overwrite<char[]>(batch * slot_bytes_)),
      vectors_(batch),
      from_(batch),
      control_(batch),
      headers_(batch) {
    datagrams_.reserve(batch);
}

void DatagramReader::arm(std::size_t index) {
    vectors_[index] = {storage_.get() + index * slot_bytes_, slot_bytes_};
    msghdr& header = headers_[index].msg_hdr;
    header.msg_name = from_[index].get();
    header.msg_namelen = sizeof from_[index].storage;
    header.msg_iov = &vectors_[index];
    header.msg_iovlen = 1;
    header.msg_control = control_[index].bytes;
    header.msg_controllen = sizeof control_[index].bytes;
    header.msg_flags = 0;
}

std::size_t DatagramReader::take_control(msghdr& header, Datagram& out) {
    int segment = 0;
    for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr;
         item = CMSG_NXTHDR(&header, item)) {
        const unsigned char* data = CMSG_DATA(item);
        if (item->cmsg_level == SOL_UDP && item->cmsg_type == UDP_GRO) {
            std::memcpy(&segment, data, sizeof segment);
        }
        if (item->cmsg_level != SOL_SOCKET) {
            continue;
        }
        if (item->cmsg_type == SCM_RIGHTS) {
            close_attached(*item, data);
        } else if (item->cmsg_type == SCM_CREDENTIALS) {
            ucred from{};
            std::memcpy(&from, data, sizeof from);
            out.credentials = Credentials{from.pid, from.uid, from.gid};
        } else if (item->cmsg_type == SO_RXQ_OVFL) {
            std::memcpy(&kernel_drops_, data, sizeof kernel_drops_);
        }
    }
    return static_cast<std::size_t>(std::max(segment, 0));
}

// All segments but the last have this size.
void DatagramReader::split(const Datagram& whole, ByteView bytes, std::size_t segment) {
    do {
        Datagram& out = datagrams_.emplace_back(whole);
        const ByteView one = bytes.substr(0, segment);
        bytes.remove_prefix(one.size());
        out.bytes = one.substr(0, max_bytes_);
        out.truncated = one.size() > max_bytes_ || (bytes.empty() && whole.truncated);
    } while (!bytes.empty());
}

void DatagramReader::take(std::size_t index) {
    msghdr& header = headers_[index].msg_hdr;
    from_[index].length = header.msg_namelen;
    Datagram out;
    out.from = &from_[index];
    out.truncated = (header.msg_flags & MSG_TRUNC) != 0;
    out.control_truncated = (header.msg_flags & MSG_CTRUNC) != 0;
    const std::size_t segment = take_control(header, out);
    // Without MSG_TRUNC in the call's flags the length never exceeds the buffer.
    const ByteView bytes(storage_.get() + index * slot_bytes_, headers_[index].msg_len);
    split(out, bytes, segment == 0 ? bytes.size() : segment);
}

Result<std::span<const Datagram>, int> DatagramReader::read(int fd) {
    for (std::size_t i = 0; i < headers_.size(); ++i) {
        arm(i);
    }
    int got = 0;
    do {
        got = ::recvmmsg(
            fd,
            headers_.data(),
            static_cast<unsigned>(headers_.size()),
            MSG_DONTWAIT | MSG_CMSG_CLOEXEC,
            nullptr
        );
    } while (got < 0 && errno == EINTR);
    if (got < 0 && errno != EAGAIN) {
        return unexpected(errno);
    }
    const auto count = static_cast<std::size_t>(std::max(got, 0));
    full_ = count == headers_.size();
    datagrams_.clear();
    for (std::size_t i = 0; i < count; ++i) {
        take(i);
    }
    return std::span<const Datagram>(datagrams_);
}

IoResult send_to(int fd, const SocketAddress& to, ByteView bytes) {
    ssize_t sent = 0;
    do {
        sent = ::sendto(
            fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL, to.get(), to.length
        );
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) {
        return {IoStatus::done, static_cast<std::size_t>(sent), 0};
    }
    return errno == EAGAIN ? IoResult{IoStatus::wait_write, 0, 0}
                           : IoResult{IoStatus::error, 0, errno};
}

SendBatch send_batch(int fd, std::span<const OutDatagram> datagrams) {
    constexpr std::size_t kPerCall = 64;
    std::array<iovec, kPerCall> vectors{};
    std::array<mmsghdr, kPerCall> headers{};
    SendBatch out;
    while (out.sent < datagrams.size()) {
        const std::size_t count = std::min(kPerCall, datagrams.size() - out.sent);
        for (std::size_t i = 0; i < count; ++i) {
            const OutDatagram& datagram = datagrams[out.sent + i];
            vectors[i] = vector_of(datagram.bytes);
            headers[i] = {};
            address_to(headers[i].msg_hdr, *datagram.to);
            headers[i].msg_hdr.msg_iov = &vectors[i];
            headers[i].msg_hdr.msg_iovlen = 1;
        }
        const int sent = ::sendmmsg(
            fd, headers.data(), static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL
        );
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            out.error = errno;
            return out;
        }
        // A short count hides the error; the next call begins with the failed datagram.
        out.sent += static_cast<std::size_t>(sent);
    }
    return out;
}

}  // namespace telex::net
