#include "server/stream/tls_stream.hpp"

#include "base/printable.hpp"
#include "net/socket_options.hpp"
#include "net/stream_io.hpp"
#include "tls/channel.hpp"
#include "tls/peer_certificate.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace telex::server {

namespace {

// The plain bytes of one record (RFC 8446, 5.1).
constexpr std::size_t kRecordBytes = 16U << 10U;

// Memory that OpenSSL holds for a connection, as measured (docs/security.md).
constexpr std::size_t kHandshakeBytes = 47U << 10U;
constexpr std::size_t kIdleBytes = 16U << 10U;

// Iterates over gathered vectors in pieces of up to one record.
class Pieces {
public:
    Pieces(const iovec* vectors, std::size_t count) : vectors_(vectors), count_(count) {}

    // Returns the next bytes, up to one record, copied together if they lie in several vectors.
    // Valid until take().
    std::string_view front() {
        if (count_ == 0) {
            return {};
        }
        const std::size_t left = vectors_->iov_len - offset_;
        if (left >= kRecordBytes || count_ == 1) {
            return {start(), std::min(left, kRecordBytes)};
        }
        return copied();
    }

    void take(std::size_t bytes) {
        offset_ += bytes;
        while (count_ > 0 && offset_ >= vectors_->iov_len) {
            offset_ -= vectors_->iov_len;
            ++vectors_;
            --count_;
        }
    }

private:
    const char* start() const { return static_cast<const char*>(vectors_->iov_base) + offset_; }

    std::string_view copied() const {
        // Shared by all streams of the thread: it holds one record for the duration of a write.
        thread_local std::array<char, kRecordBytes> record;
        std::size_t size = 0;
        std::size_t skip = offset_;
        for (std::size_t i = 0; i < count_ && size < record.size(); ++i) {
            const std::size_t part = std::min(vectors_[i].iov_len - skip, record.size() - size);
            std::memcpy(
                record.data() + size, static_cast<const char*>(vectors_[i].iov_base) + skip, part
            );
            size += part;
            skip = 0;
        }
        return {record.data(), size};
    }

    const iovec* vectors_;
    std::size_t count_;
    std::size_t offset_ = 0;  // into the first
};

class TlsStream final : public ByteStream {
public:
    TlsStream(net::UniqueFd fd, tls::ContextPtr context, Forwarding forwarding)
        : fd_(std::move(fd)),
          forwarding_(forwarding),
          channel_(std::move(context), fd_.get(), tls::Channel::Side::server) {}

    Forwarding forwarding() const override { return forwarding_; }

    int descriptor() const override { return fd_.get(); }

    bool keeps_packets() const override { return false; }

    std::size_t max_packet() const override { return std::numeric_limits<std::size_t>::max(); }

    bool established() const override { return established_; }

    void start_in_plain(const std::string& bytes) override {
        starts_in_plain_ = !bytes.empty();
        plain_ = bytes;
    }

    IoResult handshake() override {
        if (const IoResult written = write_plain(); written.status != IoStatus::done) {
            return written;
        }
        const IoResult result = channel_.handshake();
        established_ = result.status == IoStatus::done;
        if (channel_.peer_uses_other_protocol() && !starts_in_plain_) {
            send_alert();
        }
        return result;
    }

    IoResult read(char* buffer, std::size_t size) override {
        return note_wait(channel_.read(buffer, size));
    }

    // The next read meets the same, and sets what it waits for.
    IoResult peek() override { return note_wait(channel_.peek()); }

    bool short_read_is_all() const override { return channel_.drained(); }

    bool read_waits_to_write() const override { return read_waits_to_write_; }

    IoResult write(const iovec* vectors, std::size_t count) override {
        Pieces pieces(vectors, count);
        std::size_t total = 0;
        for (std::string_view piece = pieces.front(); !piece.empty(); piece = pieces.front()) {
            const IoResult result = channel_.write(piece.data(), piece.size());
            if (result.status == IoStatus::error ||
                (result.status != IoStatus::done && total == 0)) {
                return result;
            }
            if (result.status != IoStatus::done) {
                break;
            }
            pieces.take(result.bytes);
            total += result.bytes;
        }
        return {IoStatus::done, total, 0};
    }

    std::size_t untaken() const override { return net::untaken_bytes(fd_.get()); }

    void finish_writing() override {
        channel_.finish();
        ::shutdown(fd_.get(), SHUT_WR);
    }

    StreamFailure failure() const override {
        if (!plain_.empty()) {
            return {.text = "the peer closed before the handshake"};
        }
        if (starts_in_plain_ && channel_.peer_uses_other_protocol()) {
            return {.text = "the peer did not start TLS, but went on in plain text"};
        }
        return {channel_.failure(), channel_.peer_uses_other_protocol()};
    }

    std::string security() const override {
        const std::string name = certificate_name();
        return name.empty()
                   ? std::string(channel_.version())
                   : fmt::format("{} \"{}\"", channel_.version(), printable(name, kQuotedField));
    }

    std::string_view tls_version() const override { return channel_.version(); }

    std::size_t memory() const override {
        return plain_.size() + (established_ ? kIdleBytes : kHandshakeBytes);
    }

    std::string channel_binding() const override { return channel_.binding(); }

    std::string certificate_name() const override { return channel_.peer_certificate().name(); }

private:
    IoResult write_plain() {
        while (!plain_.empty()) {
            const iovec rest{plain_.data(), plain_.size()};
            const IoResult result = net::send_some(fd_.get(), &rest, 1);
            if (result.status != IoStatus::done) {
                return result;
            }
            plain_.erase(0, result.bytes);
        }
        std::string().swap(plain_);
        return {};
    }

    // OpenSSL sends nothing to a peer whose first bytes are not TLS. libtelex turns this alert into
    // a useful error.
    void send_alert() const {
        constexpr std::string_view kAlert("\x15\x03\x03\0\x02\x02\x0a", 7);  // unexpected_message
        // Best effort: the connection ends in any case.
        (void)::send(fd_.get(), kAlert.data(), kAlert.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    // Of a read.
    IoResult note_wait(const IoResult& result) {
        read_waits_to_write_ = result.status == IoStatus::wait_write;
        return result;
    }

    net::UniqueFd fd_;
    Forwarding forwarding_;
    tls::Channel channel_;
    std::string plain_;  // to be written before the handshake
    bool starts_in_plain_ = false;
    bool established_ = false;
    bool read_waits_to_write_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> make_tls_stream(
    net::UniqueFd fd, tls::ContextPtr context, Forwarding forwarding
) {
    // A socket without these options still carries messages.
    (void)net::set_nodelay(fd.get());
    (void)net::set_keepalive(fd.get(), {});
    return std::make_unique<TlsStream>(std::move(fd), std::move(context), forwarding);
}

}  // namespace telex::server
