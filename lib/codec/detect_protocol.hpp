#pragma once
// Detects well-known protocols by their first bytes, for the reason in a log line when the bytes
// are not a valid frame: "length 1195725856 is too large" is really an HTTP request.
#include "base/bytes.hpp"
#include "codec/framing.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace telex::codec {

enum class OtherProtocol : std::uint8_t {
    amqp,
    http,
    http2,
    mqtt,
    nats,
    postgresql,
    proxy,
    redis,
    smtp,
    ssh,
    telex,  // the protocol telex in its default framing
    tls,
};

// "HTTP", "TLS", "PROXY protocol", ...
std::string_view name_of(OtherProtocol protocol);

// A set.
class OtherProtocols {
public:
    constexpr OtherProtocols() = default;

    constexpr OtherProtocols(std::initializer_list<OtherProtocol> protocols) {
        for (const OtherProtocol protocol : protocols) {
            bits_ |= bit(protocol);
        }
    }

    constexpr bool contains(OtherProtocol protocol) const { return (bits_ & bit(protocol)) != 0; }

    friend constexpr OtherProtocols operator|(OtherProtocols left, OtherProtocols right) {
        left.bits_ |= right.bits_;
        return left;
    }

private:
    static constexpr std::uint32_t bit(OtherProtocol protocol) {
        return 1U << static_cast<unsigned>(protocol);
    }

    std::uint32_t bits_ = 0;
};

// Protocols whose frames this framing reads, so that a hint at them would mislead.
OtherProtocols protocols_of(const Framing& framing);

// Returns nothing if the protocol is unknown or one of `ignored`, or if the bytes are too few (16
// suffice).
std::optional<OtherProtocol> detect_protocol(ByteView first_bytes, OtherProtocols ignored = {});

}  // namespace telex::codec
