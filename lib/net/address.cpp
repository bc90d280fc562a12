#include "net/address.hpp"

#include "base/printable.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace telex::net {

namespace {

constexpr std::string_view kForms =
    "tcp://HOST:PORT, udp://HOST:PORT, unix:///PATH, unix-seqpacket:///PATH, unix-dgram:///PATH, "
    "unix:@NAME or systemd:NAME";

using Parsed = Result<Address, std::string>;

struct Scheme {
    std::string_view name;
    Transport transport;
};

constexpr std::array<Scheme, 6> kSchemes{{
    {"tcp", Transport::tcp},
    {"udp", Transport::udp},
    {"unix", Transport::unix_stream},
    {"unix-seqpacket", Transport::unix_seqpacket},
    {"unix-dgram", Transport::unix_datagram},
    {"systemd", Transport::systemd},
}};

// Scheme of "NAME:...", or null.
const Scheme* scheme_of(std::string_view text) {
    const std::size_t colon = text.find(':');
    const auto found = std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& scheme) {
        return colon != std::string_view::npos && text.substr(0, colon) == scheme.name;
    });
    return found == kSchemes.end() ? nullptr : &*found;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_control(char c) {
    return (c >= 0 && c < ' ') || c == '\x7f';
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit) ||
        (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    if (value > 65'535) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(value);
}

// "fe80::1%eth0": the zone is kept as written, the address in its shortest form.
std::optional<std::string> normal_ipv6(std::string_view text) {
    const std::size_t percent = text.find('%');
    const std::string number(text.substr(0, percent));
    in6_addr address{};
    if (::inet_pton(AF_INET6, number.c_str(), &address) != 1) {
        return std::nullopt;
    }
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    std::string host = ::inet_ntop(AF_INET6, &address, buffer.data(), buffer.size());
    if (percent == std::string_view::npos) {
        return host;
    }
    const std::string_view zone = text.substr(percent + 1);
    const auto zone_char = [](char c) {
        return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
    };
    if (zone.empty() || zone.size() > 15 || !std::all_of(zone.begin(), zone.end(), zone_char)) {
        return std::nullopt;
    }
    return host.append("%").append(zone);
}

// A last label of digits is IPv4; resolvers also accept "127.1" and "0x7f.1".
bool looks_like_ipv4(std::string_view host) {
    const std::size_t dot = host.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
    return !last.empty() && (std::all_of(last.begin(), last.end(), is_digit) ||
                             last.starts_with("0x") || last.starts_with("0X"));
}

bool is_host_name(std::string_view host) {
    const auto allowed = [](char c) {
        return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
    };
    return host.size() <= 253 && std::all_of(host.begin(), host.end(), allowed) &&
           host.front() != '-' && host.front() != '.' && host.find("..") == std::string_view::npos;
}

[[nodiscard]] Result<std::string, std::string> parse_host(std::string_view host) {
    if (host.empty()) {
        return unexpected(std::string("the host is missing; write * for every address"));
    }
    if (host.starts_with('[')) {
        auto normal =
            host.ends_with(']') ? normal_ipv6(host.substr(1, host.size() - 2)) : std::nullopt;
        if (!normal) {
            return unexpected(fmt::format("{} is not an IPv6 address in brackets", printable(host))
            );
        }
        return *std::move(normal);
    }
    if (host == "*") {
        return std::string(host);
    }
    if (looks_like_ipv4(host)) {
        in_addr address{};
        if (::inet_pton(AF_INET, std::string(host).c_str(), &address) != 1) {
            return unexpected(
                fmt::format("{} is not an IPv4 address (four decimal numbers)", printable(host))
            );
        }
        return std::string(host);
    }
    if (host.find(':') != std::string_view::npos) {
        return unexpected(std::string("an IPv6 address needs brackets, as in [::1]:4650"));
    }
    if (!is_host_name(host)) {
        return unexpected(fmt::format("\"{}\" is not a host name", printable(host)));
    }
    std::string lower(host);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

[[nodiscard]] Parsed parse_inet(Transport transport, std::string_view rest) {
    if (!rest.starts_with("//")) {
        const std::string_view name = transport_name(transport);
        return unexpected(fmt::format("write {0}://HOST:PORT", name));
    }
    rest.remove_prefix(2);
    const std::size_t colon = rest.rfind(':');
    const std::size_t bracket = rest.rfind(']');
    if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) {
        return unexpected(std::string("the port is missing; write HOST:PORT"));
    }
    auto host = parse_host(rest.substr(0, colon));
    if (!host) {
        return unexpected(std::move(host.error()));
    }
    const auto port = parse_port(rest.substr(colon + 1));
    if (!port) {
        return unexpected(fmt::format(
            "\"{}\" is not a port; it is a number from 0 to 65535 and ends the address",
            printable(rest.substr(colon + 1))
        ));
    }
    Address address;
    address.transport = transport;
    address.host = *std::move(host);
    address.port = *port;
    return address;
}

[[nodiscard]] Parsed parse_unix(Transport transport, std::string_view rest) {
    Address address;
    address.transport = transport;
    if (rest.starts_with('@')) {
        address.abstract = true;
        address.path = rest.substr(1);
    } else if (rest.starts_with("///")) {
        address.path = rest.substr(2);
    } else {
        return unexpected(fmt::format(
            "write {0}:///PATH with an absolute path (three slashes), or {0}:@NAME for an abstract "
            "name",
            transport_name(transport)
        ));
    }
    const std::string_view kind = address.abstract ? "abstract name" : "socket path";
    if (address.path.size() > kMaxUnixPath) {
        return unexpected(fmt::format(
            "the {} has {} bytes; the limit is {} bytes", kind, address.path.size(), kMaxUnixPath
        ));
    }
    if (address.path.empty() || (!address.abstract && address.path.ends_with('/'))) {
        return unexpected(fmt::format("the {} needs a name at its end", kind));
    }
    if (std::any_of(address.path.begin(), address.path.end(), is_control)) {
        return unexpected(fmt::format("the {} must not hold control characters", kind));
    }
    return address;
}

[[nodiscard]] Parsed parse_systemd(std::string_view rest) {
    const auto allowed = [](char c) { return c > ' ' && c < '\x7f' && c != ':'; };
    if (rest.empty() || rest.size() > kMaxDescriptorName ||
        !std::all_of(rest.begin(), rest.end(), allowed)) {
        return unexpected(fmt::format(
            "write systemd:NAME with the FileDescriptorName= of the socket unit (1 to {} printable "
            "ASCII characters, no ':')",
            kMaxDescriptorName
        ));
    }
    Address address;
    address.transport = Transport::systemd;
    address.name = rest;
    return address;
}

[[nodiscard]] Parsed parse_with(Transport transport, std::string_view rest) {
    if (transport == Transport::systemd) {
        return parse_systemd(rest);
    }
    return is_unix(transport) ? parse_unix(transport, rest) : parse_inet(transport, rest);
}

}  // namespace

std::string_view transport_name(Transport transport) {
    return kSchemes.at(static_cast<std::size_t>(transport)).name;
}

bool is_unix(Transport transport) {
    return transport == Transport::unix_stream || transport == Transport::unix_seqpacket ||
           transport == Transport::unix_datagram;
}

bool is_datagram(Transport transport) {
    return transport == Transport::udp || transport == Transport::unix_datagram;
}

bool has_user_info(std::string_view text) {
    if (text.find('@') == std::string_view::npos || text.starts_with('/')) {
        return false;
    }
    const Scheme* const scheme = scheme_of(text);
    if (scheme == nullptr || scheme->transport == Transport::tcp ||
        scheme->transport == Transport::udp) {
        return true;
    }
    const std::string_view rest = text.substr(scheme->name.size() + 1);
    return is_unix(scheme->transport) && !rest.starts_with('/') && !rest.starts_with('@');
}

bool has_scheme(std::string_view text) {
    return scheme_of(text) != nullptr;
}

Result<Address, std::string> parse_address(std::string_view text) {
    if (has_user_info(text)) {
        return unexpected(std::string("an address has an '@', but neither user nor password"));
    }
    const Scheme* const scheme = scheme_of(text);
    if (scheme == nullptr) {
        return unexpected(fmt::format("\"{}\" is not an address; write {}", printable(text), kForms)
        );
    }
    auto parsed = parse_with(scheme->transport, text.substr(scheme->name.size() + 1));
    if (!parsed) {
        return unexpected(fmt::format("{}: {}", printable(text), parsed.error()));
    }
    return parsed;
}

std::string to_string(const Address& address) {
    const std::string_view scheme = transport_name(address.transport);
    if (address.transport == Transport::systemd) {
        return fmt::format("{}:{}", scheme, printable(address.name));
    }
    if (is_unix(address.transport)) {
        return fmt::format(
            "{}:{}{}", scheme, address.abstract ? "@" : "//", printable(address.path)
        );
    }
    const bool v6 = address.host.find(':') != std::string::npos;
    return v6 ? fmt::format("{}://[{}]:{}", scheme, address.host, address.port)
              : fmt::format("{}://{}:{}", scheme, address.host, address.port);
}

}  // namespace telex::net
