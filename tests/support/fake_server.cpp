#include "support/fake_server.hpp"

#include <arpa/inet.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace telex::test {
namespace {

constexpr int kPatienceMs = 10000;

void check(bool good, const char* what) {
    if (!good) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

bool readable(int fd, int timeout_ms) {
    pollfd entry{fd, POLLIN, 0};
    return ::poll(&entry, 1, timeout_ms) == 1;
}

template <class Address>
const sockaddr* generic(const Address& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

int listen_tcp(int port, int& chosen) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    const int on = 1;
    (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    check(::bind(fd, generic(address), sizeof address) == 0, "bind");
    socklen_t size = sizeof address;
    check(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
    chosen = ntohs(address.sin_port);
    return fd;
}

int listen_unix(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    (void)::unlink(path.c_str());
    check(::bind(fd, generic(address), sizeof address) == 0, "bind");
    return fd;
}

}  // namespace

FakePeer::FakePeer(FakePeer&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), input_(std::move(other.input_)) {}

FakePeer& FakePeer::operator=(FakePeer&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(input_, other.input_);
    return *this;
}

bool FakePeer::fill(int timeout_ms) {
    if (!readable(fd_, timeout_ms)) {
        throw std::runtime_error("the client sent nothing in time");
    }
    char bytes[65536];
    const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count <= 0) {
        return false;
    }
    input_.append(bytes, static_cast<std::size_t>(count));
    return true;
}

bool FakePeer::parse_buffered(v1::Frame& frame) {
    google::protobuf::io::ArrayInputStream stream(input_.data(), static_cast<int>(input_.size()));
    google::protobuf::io::CodedInputStream coded(&stream);
    std::uint32_t size = 0;
    if (!coded.ReadVarint32(&size)) {
        return false;
    }
    const auto head = static_cast<std::size_t>(coded.CurrentPosition());
    if (input_.size() - head < size) {
        return false;
    }
    if (!frame.ParseFromArray(input_.data() + head, static_cast<int>(size))) {
        throw std::runtime_error("the client sent what is no Frame");
    }
    input_.erase(0, head + size);
    return true;
}

v1::Frame FakePeer::read() {
    v1::Frame frame;
    while (!parse_buffered(frame)) {
        if (!fill(kPatienceMs)) {
            throw std::runtime_error("the client closed the connection");
        }
    }
    return frame;
}

v1::Frame FakePeer::read_until(v1::Frame::ControlCase control) {
    for (;;) {
        v1::Frame frame = read();
        if (frame.control_case() == control) {
            return frame;
        }
    }
}

bool FakePeer::at_end() {
    v1::Frame frame;
    return !parse_buffered(frame) && !fill(kPatienceMs);
}

bool FakePeer::silent_for(int milliseconds) {
    return input_.empty() && !readable(fd_, milliseconds);
}

void FakePeer::send_bytes(const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const ssize_t count = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        check(count > 0, "send");
        sent += static_cast<std::size_t>(count);
    }
}

void FakePeer::send(const v1::Frame& frame) {
    std::ostringstream out;
    google::protobuf::util::SerializeDelimitedToOstream(frame, &out);
    send_bytes(out.str());
}

v1::Hello FakePeer::welcome(const v1::Limits& limits) {
    const v1::Frame hello = read();
    if (!hello.has_hello()) {
        throw std::runtime_error("the first frame is not Hello");
    }
    v1::Frame frame;
    v1::Welcome& welcome = *frame.mutable_welcome();
    welcome.set_version(1);
    welcome.set_server_name("fake");
    welcome.set_server_version("1.2.3");
    welcome.set_session_id("s1");
    welcome.mutable_limits()->set_max_frame_bytes(1 << 20);
    welcome.mutable_limits()->set_max_subject_bytes(1024);
    welcome.mutable_limits()->set_max_headers(32);
    welcome.mutable_limits()->MergeFrom(limits);
    send(frame);
    return hello.hello();
}

v1::Subscribe FakePeer::confirm_subscribe() {
    const v1::Frame frame = read_until(v1::Frame::kSubscribe);
    v1::Frame answer;
    answer.mutable_subscribed()->set_subscription(frame.subscribe().subscription());
    send(answer);
    return frame.subscribe();
}

void FakePeer::deliver(
    std::uint64_t subscription,
    const std::string& subject,
    const std::string& payload,
    const std::string& reply_to
) {
    v1::Frame frame;
    frame.set_subscription(subscription);
    frame.set_reply_to(reply_to);
    frame.mutable_message()->set_subject(subject);
    frame.mutable_message()->set_payload(payload);
    send(frame);
}

void FakePeer::send_error(v1::ErrorCode code, bool closing, std::uint64_t subscription) {
    v1::Frame frame;
    frame.mutable_error()->set_code(code);
    frame.mutable_error()->set_text("because");
    frame.mutable_error()->set_closing(closing);
    frame.mutable_error()->set_subscription(subscription);
    send(frame);
}

void FakePeer::answer_flush() {
    const v1::Frame flush = read_until(v1::Frame::kFlush);
    v1::Frame answer;
    answer.mutable_flushed()->set_id(flush.flush().id());
    send(answer);
}

void FakePeer::goodbye(bool reconnect) {
    v1::Frame frame;
    frame.mutable_goodbye()->set_reconnect(reconnect);
    send(frame);
}

void FakePeer::close() {
    if (fd_ >= 0) {
        ::close(std::exchange(fd_, -1));
    }
}

void FakePeer::reset() {
    const linger now{1, 0};
    (void)::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

void FakePeer::shrink_receive_buffer() {
    const int bytes = 4096;
    (void)::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

FakeServer::FakeServer(Kind kind) : kind_(kind) {
    if (kind_ == Kind::unix_stream) {
        std::string pattern = (std::filesystem::temp_directory_path() / "telex-XXXXXX").string();
        check(::mkdtemp(pattern.data()) != nullptr, "mkdtemp");
        folder_ = pattern;
        url_ = "unix://" + folder_ + "/telex.sock";
    }
    listen();
    if (kind_ == Kind::tcp) {
        url_ = "tcp://127.0.0.1:" + std::to_string(port_);
    }
}

FakeServer::~FakeServer() {
    stop_listening();
    if (!folder_.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
}

void FakeServer::listen() {
    fd_ = kind_ == Kind::tcp ? listen_tcp(port_, port_) : listen_unix(folder_ + "/telex.sock");
    check(::listen(fd_, 16) == 0, "listen");
}

void FakeServer::stop_listening() {
    if (fd_ >= 0) {
        ::close(std::exchange(fd_, -1));
    }
}

bool FakeServer::has_visitor() const {
    return readable(fd_, 0);
}

FakePeer FakeServer::accept() {
    if (!readable(fd_, kPatienceMs)) {
        throw std::runtime_error("no client came");
    }
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    check(fd >= 0, "accept");
    return FakePeer(fd);
}

FakePeer FakeServer::accept_client(const v1::Limits& limits) {
    FakePeer peer = accept();
    peer.welcome(limits);
    return peer;
}

std::string dead_url() {
    int port = 0;
    ::close(listen_tcp(0, port));
    return "tcp://127.0.0.1:" + std::to_string(port);
}

SilentServer::SilentServer() : fd_(listen_tcp(0, port_)) {
    check(::listen(fd_, 0) == 0, "listen");
    filler_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    check(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
    check(::connect(filler_, generic(address), sizeof address) == 0, "connect");
}

SilentServer::~SilentServer() {
    ::close(fd_);
    ::close(filler_);
}

}  // namespace telex::test
