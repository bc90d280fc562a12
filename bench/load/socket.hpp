#pragma once
// Blocking sockets to the measured server, on loopback. Errors end the program.
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
    // Receives at least one byte, at most `size`.
    std::size_t receive(char* buffer, std::size_t size) const;
    // Discards the bytes that have arrived. Does not wait.
    void discard_arrived() const;

private:
    int fd_ = -1;
};

// The caller closes the socket.
int open_socket(int family, int type);
// Binds to 127.0.0.1 and this port.
void bind_to_loopback(int fd, int port);
// `target`: "127.0.0.1:514". The caller closes the socket.
int connect_datagrams(const std::string& target);

[[noreturn]] void fail(const std::string& what);

}  // namespace telex::bench
