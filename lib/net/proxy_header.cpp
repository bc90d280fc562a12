#include "net/proxy_header.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <utility>

namespace telex::net {

namespace {

constexpr std::string_view kLineStart = "PROXY ";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

// Version 2: signature, then one byte each of version and command, of family and transport, and two
// of the length of the rest.
constexpr std::size_t kVersionAt = 12;
constexpr std::size_t kFamilyAt = 13;
constexpr std::size_t kLengthAt = 14;
constexpr std::size_t kFixedPart = 16;
constexpr std::uint8_t kLocal = 0x20;
constexpr std::uint8_t kProxy = 0x21;

// Source and destination address, source and destination port.
constexpr std::size_t kPortBytes = 2;
constexpr std::size_t kIpv4Addresses = 2 * (sizeof(in_addr) + kPortBytes);
constexpr std::size_t kIpv6Addresses = 2 * (sizeof(in6_addr) + kPortBytes);
constexpr std::size_t kUnixAddresses = 216;

// Families with the transport "stream". Datagrams are not forwarded over a stream.
enum class Family : std::uint8_t {
    unspecified = 0x00,
    ipv4 = 0x11,
    ipv6 = 0x21,
    local = 0x31,
};

std::optional<std::size_t> bytes_of(Family family) {
    switch (family) {
        case Family::unspecified:
            return 0;
        case Family::ipv4:
            return kIpv4Addresses;
        case Family::ipv6:
            return kIpv6Addresses;
        case Family::local:
            return kUnixAddresses;
    }
    return std::nullopt;
}

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

std::uint16_t number_at(std::string_view bytes, std::size_t at) {
    constexpr unsigned kByteBits = 8;
    return static_cast<std::uint16_t>(byte_at(bytes, at) << kByteBits | byte_at(bytes, at + 1));
}

// `port` in host order.
Peer peer_of(const in_addr& host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr = host;
    address.sin_port = htons(port);
    return peer_from(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

Peer peer_of(const in6_addr& host, std::uint16_t port) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = host;
    address.sin6_port = htons(port);
    return peer_from(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

ProxyHeader named(Peer peer) {
    return {ProxyHeader::From::named, std::move(peer)};
}

// The words of a line of version 1: exactly one space between two of them.
class Words {
public:
    explicit Words(std::string_view line) : rest_(line) {}

    std::string_view next() {
        const std::string_view word = rest_.substr(0, rest_.find(' '));
        more_ = word.size() < rest_.size();
        rest_.remove_prefix(word.size() + (more_ ? 1 : 0));
        return word;
    }

    // The last word was the last of the line.
    bool at_end() const { return !more_; }

private:
    std::string_view rest_;
    bool more_ = true;
};

std::optional<std::uint16_t> port_of(std::string_view word) {
    std::uint16_t port = 0;
    const char* const end = word.data() + word.size();
    const auto [parsed, error] = std::from_chars(word.data(), end, port);
    const bool padded = word.size() > 1 && word.front() == '0';
    if (error != std::errc{} || parsed != end || padded) {
        return std::nullopt;
    }
    return port;
}

// Source and destination of version 1, of which the second only has to be well-formed.
template <class Host>
std::optional<Peer> read_peer(Words& words, int family) {
    Host source{};
    Host destination{};
    const auto read_host = [&](Host& host) {
        const std::string text(words.next());
        const bool whole = text.find('\0') == std::string::npos;
        return whole && ::inet_pton(family, text.c_str(), &host) == 1;
    };
    const bool hosts = read_host(source) && read_host(destination);
    const auto source_port = port_of(words.next());
    const auto destination_port = port_of(words.next());
    if (!hosts || !source_port || !destination_port || !words.at_end()) {
        return std::nullopt;
    }
    return peer_of(source, *source_port);
}

}  // namespace

std::string_view text_of(ProxyHeaderError error) {
    switch (error) {
        case ProxyHeaderError::missing:
            return "no PROXY protocol header";
        case ProxyHeaderError::malformed:
            return "malformed PROXY protocol header";
        default:
            return "PROXY protocol header too long";
    }
}

Result<std::size_t, ProxyHeaderError> ProxyHeaderParser::take(std::string_view bytes) {
    std::size_t count = 0;
    while (count < bytes.size() && !done_) {
        if (const auto taken = take_byte(bytes[count]); !taken) {
            return unexpected(taken.error());
        }
        ++count;
    }
    return count;
}

auto ProxyHeaderParser::take_byte(char byte) -> ByteResult {
    if (taken_ < kept_.size()) {
        kept_[taken_] = byte;
    }
    ++taken_;
    const bool is_line = kept_.front() == kLineStart.front();
    const std::string_view start = is_line ? kLineStart : kSignature;
    if (taken_ <= start.size()) {
        return byte == start[taken_ - 1] ? ByteResult{} : unexpected(ProxyHeaderError::missing);
    }
    return is_line ? take_line_byte(byte) : take_binary_byte(byte);
}

auto ProxyHeaderParser::take_line_byte(char byte) -> ByteResult {
    if (byte == kLineEnd.back()) {
        return read_line();
    }
    return taken_ < kMaxLine ? ByteResult{} : unexpected(ProxyHeaderError::too_long);
}

auto ProxyHeaderParser::read_line() -> ByteResult {
    std::string_view line = kept();
    if (!line.ends_with(kLineEnd)) {
        return unexpected(ProxyHeaderError::malformed);
    }
    line.remove_prefix(kLineStart.size());
    line.remove_suffix(kLineEnd.size());
    Words words(line);
    const std::string_view family = words.next();
    std::optional<Peer> peer;
    if (family == "TCP4") {
        peer = read_peer<in_addr>(words, AF_INET);
    } else if (family == "TCP6") {
        peer = read_peer<in6_addr>(words, AF_INET6);
    } else if (family == "UNKNOWN") {
        header_.from = ProxyHeader::From::unnamed;  // the rest of the line is ignored
        done_ = true;
        return {};
    }
    if (!peer) {
        return unexpected(ProxyHeaderError::malformed);
    }
    header_ = named(*std::move(peer));
    done_ = true;
    return {};
}

auto ProxyHeaderParser::take_binary_byte(char /*byte*/) -> ByteResult {
    if (taken_ == kFixedPart) {
        if (auto read = read_fixed_part(); !read) {
            return read;
        }
    }
    if (taken_ >= kFixedPart && taken_ == length_) {
        read_addresses();
        done_ = true;
    }
    return {};
}

auto ProxyHeaderParser::read_fixed_part() -> ByteResult {
    const std::uint8_t command = byte_at(kept(), kVersionAt);
    const auto address_bytes = bytes_of(Family{byte_at(kept(), kFamilyAt)});
    length_ = kFixedPart + number_at(kept(), kLengthAt);
    if (command == kLocal) {
        // Whatever follows is skipped.
    } else if (command != kProxy || !address_bytes || length_ < kFixedPart + *address_bytes) {
        return unexpected(ProxyHeaderError::malformed);
    }
    return length_ <= kMaxBinary ? ByteResult{} : unexpected(ProxyHeaderError::too_long);
}

void ProxyHeaderParser::read_addresses() {
    if (byte_at(kept(), kVersionAt) == kLocal) {
        return;
    }
    const std::string_view addresses = kept().substr(kFixedPart);
    switch (Family{byte_at(kept(), kFamilyAt)}) {
        case Family::ipv4: {
            in_addr host{};
            std::memcpy(&host, addresses.data(), sizeof host);
            header_ = named(peer_of(host, number_at(addresses, 2 * sizeof host)));
            break;
        }
        case Family::ipv6: {
            in6_addr host{};
            std::memcpy(&host, addresses.data(), sizeof host);
            header_ = named(peer_of(host, number_at(addresses, 2 * sizeof host)));
            break;
        }
        default:
            header_.from = ProxyHeader::From::unnamed;
    }
}

}  // namespace telex::net
