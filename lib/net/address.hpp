#pragma once
// Where to listen or connect, in configuration notation. Pure: no look-ups, no sockets.
//
//   tcp://HOST:PORT  udp://HOST:PORT     HOST is a name, 127.0.0.1, [::1] or * (IPv4 and IPv6, any)
//   unix:///PATH  unix-seqpacket:///PATH  unix-dgram:///PATH
//   unix:@NAME  unix-seqpacket:@NAME  unix-dgram:@NAME      abstract, without permissions
//   systemd:NAME                                            descriptors passed by systemd
#include "base/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::net {

// Limits of sockaddr_un: a path needs its final NUL, an abstract name its leading one.
inline constexpr std::size_t kMaxUnixPath = 107;
// Maximum length of the name of a passed descriptor.
inline constexpr std::size_t kMaxDescriptorName = 255;

enum class Transport : std::uint8_t {
    tcp,
    udp,
    unix_stream,
    unix_seqpacket,
    unix_datagram,
    systemd
};

// "tcp", "udp", "unix", "unix-seqpacket", "unix-dgram", "systemd".
std::string_view transport_name(Transport transport);
bool is_unix(Transport transport);
// Returns true if each datagram is a frame and there are no connections.
bool is_datagram(Transport transport);

struct Address {
    Transport transport = Transport::tcp;
    // tcp, udp: lower case, IPv6 in its shortest form and without brackets, "*" for any.
    std::string host;
    std::uint16_t port = 0;
    // unix: file path, or the name without its "@" when `abstract`.
    std::string path;
    bool abstract = false;
    // systemd: name of the descriptors.
    std::string name;

    auto operator<=>(const Address&) const = default;
};

// Returns true if a user or a password seems to stand before a host: the text is not printed. Paths
// and names of unix sockets may contain '@'.
bool has_user_info(std::string_view text);
// Returns true if the text begins with a scheme of parse_address, whatever follows.
bool has_scheme(std::string_view text);
// Equal addresses in different notations compare equal. The error says what is wrong and what is
// allowed.
[[nodiscard]] Result<Address, std::string> parse_address(std::string_view text);
// The inverse of parse_address, except that unsafe characters are escaped (printable.hpp).
std::string to_string(const Address& address);

}  // namespace telex::net
