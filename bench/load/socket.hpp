#pragma once
// Blocking sockets to a server under load. Loopback only. Errors end the program: a benchmark that
// goes on after one measures something else.
#include <cstddef>
#include <string>
#include <string_view>

namespace telex::bench {

class Socket {
public:
    // "127.0.0.1:4222" or "unix:/path".
    explicit Socket(const std::string& target);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&&) = delete;

    int fd() const { return fd_; }

    void send_all(std::string_view bytes) const;
    // At least one byte, at most `size`; what there is.
    std::size_t receive(char* buffer, std::size_t size) const;
    // Throws away what has arrived and does not wait for more.
    void discard_arrived() const;

private:
    int fd_ = -1;
};

// A new socket, which the caller closes.
int open_socket(int family, int type);
// To 127.0.0.1 and this port. A program of its own closes it by ending.
void bind_to_loopback(int fd, int port);
// "127.0.0.1:514". The caller closes it.
int connect_datagrams(const std::string& target);

[[noreturn]] void fail(const std::string& what);

}  // namespace telex::bench
