#pragma once
// The header of the PROXY protocol, versions 1 (text) and 2 (binary): a proxy sends it before the
// first byte of a connection, to name the peer that it forwards.
//
// https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt
//
//   "PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n"
//   signature, version and command, family, length, addresses, TLVs (which are skipped)
//
// Sans-IO: bytes are passed in as they arrive. The first wrong byte is an error, so that a peer
// that speaks something else does not wait.
#include "base/result.hpp"
#include "net/peer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace telex::net {

struct ProxyHeader {
    enum class From : std::uint8_t {
        itself,   // the proxy has opened the connection for its own purposes, such as a check
        unnamed,  // it forwards a peer whose address it does not know, or that has none by IP
        named,    // it forwards `peer`
    };

    From from = From::itself;
    Peer peer;  // named

    bool operator==(const ProxyHeader&) const = default;
};

enum class ProxyHeaderError : std::uint8_t {
    missing,  // the bytes are not the beginning of a header
    malformed,
    too_long,
};

// "malformed PROXY protocol header"; static.
std::string_view text_of(ProxyHeaderError error);

class ProxyHeaderParser {
public:
    // A line of version 1, with its end.
    static constexpr std::size_t kMaxLine = 107;
    // A header of version 2, with its TLVs.
    static constexpr std::size_t kMaxBinary = 2'048;

    // Takes bytes from the beginning of `bytes` up to the end of the header, and returns how many
    // these are. Call it until done() or an error.
    [[nodiscard]] Result<std::size_t, ProxyHeaderError> take(std::string_view bytes);

    // The header is complete.
    bool done() const { return done_; }

    // No byte was taken yet.
    bool untouched() const { return taken_ == 0; }

    // Requires done().
    const ProxyHeader& header() const { return header_; }

private:
    using ByteResult = Result<void, ProxyHeaderError>;

    // Takes the byte at position taken_.
    [[nodiscard]] ByteResult take_byte(char byte);
    [[nodiscard]] ByteResult take_line_byte(char byte);
    [[nodiscard]] ByteResult take_binary_byte(char byte);
    [[nodiscard]] ByteResult read_line();
    // After the fixed part: sets length_.
    [[nodiscard]] ByteResult read_fixed_part();
    void read_addresses();

    std::string_view kept() const { return {kept_.data(), std::min(taken_, kept_.size())}; }

    std::array<char, kMaxLine> kept_{};  // the beginning of the header; of version 1 all of it
    std::size_t taken_ = 0;
    std::size_t length_ = kMaxBinary;  // of a header of version 2, as soon as it is known
    bool done_ = false;
    ProxyHeader header_;
};

}  // namespace telex::net
