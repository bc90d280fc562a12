#include "codec/detect_protocol.hpp"

#include <array>

namespace telex::codec {

namespace {

using namespace std::string_view_literals;

struct Signature {
    ByteView prefix;
    OtherProtocol protocol;
};

// The first match wins: NATS clients begin with "CONNECT {", HTTP proxy clients with "CONNECT
// host".
constexpr std::array kSignatures = {
    Signature{"CONNECT {"sv, OtherProtocol::nats},
    Signature{"INFO {"sv, OtherProtocol::nats},
    Signature{"PRI * HTTP/2"sv, OtherProtocol::http2},
    Signature{"GET "sv, OtherProtocol::http},
    Signature{"POST "sv, OtherProtocol::http},
    Signature{"HEAD "sv, OtherProtocol::http},
    Signature{"PUT "sv, OtherProtocol::http},
    Signature{"DELETE "sv, OtherProtocol::http},
    Signature{"OPTIONS "sv, OtherProtocol::http},
    Signature{"PATCH "sv, OtherProtocol::http},
    Signature{"TRACE "sv, OtherProtocol::http},
    Signature{"CONNECT "sv, OtherProtocol::http},
    Signature{"HTTP/1."sv, OtherProtocol::http},
    Signature{"SSH-"sv, OtherProtocol::ssh},
    Signature{"PROXY TCP"sv, OtherProtocol::proxy},
    Signature{"PROXY UNKNOWN"sv, OtherProtocol::proxy},
    Signature{"\r\n\r\n\0\r\nQUIT\n"sv, OtherProtocol::proxy},
    Signature{"EHLO "sv, OtherProtocol::smtp},
    Signature{"HELO "sv, OtherProtocol::smtp},
    Signature{"AMQP\0"sv, OtherProtocol::amqp},
    Signature{"AMQP\3"sv, OtherProtocol::amqp},
    Signature{"\0\0\0\x08\x04\xD2\x16\x2F"sv, OtherProtocol::postgresql},
    Signature{"-ERR "sv, OtherProtocol::redis},
    Signature{"*1\r\n$"sv, OtherProtocol::redis},
    Signature{"*2\r\n$"sv, OtherProtocol::redis},
    Signature{"*3\r\n$"sv, OtherProtocol::redis},
};

// A handshake record of version 3.0 to 3.4 (SSL 3 to TLS 1.3) with a ClientHello inside.
bool is_tls_hello(ByteView bytes) {
    return bytes.size() >= 6 && bytes[0] == '\x16' && bytes[1] == '\x03' && bytes[2] >= 0 &&
           bytes[2] <= 4 && bytes[5] == '\x01';
}

// A CONNECT packet: type 10, a remaining length of one byte or more, then the protocol name.
bool is_mqtt_connect(ByteView bytes) {
    if (bytes.size() < 8 || bytes[0] != '\x10') {
        return false;
    }
    const auto name = bytes.substr(0, 16).find("\0\4MQTT"sv);
    return name >= 2 && name <= 5;
}

// A number below 16,384, which takes the bytes from the front. Returns nothing for others.
std::optional<std::size_t> take_varint(ByteView& bytes) {
    constexpr unsigned kGroupBits = 7;
    constexpr unsigned kGroup = 0x7F;
    constexpr std::size_t kMostGroups = 2;
    std::size_t number = 0;
    for (std::size_t i = 0; i < kMostGroups && i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        number |= static_cast<std::size_t>(byte & kGroup) << (kGroupBits * i);
        if (byte <= kGroup) {
            bytes.remove_prefix(i + 1);
            return number;
        }
    }
    return std::nullopt;
}

// The length of a frame, the field of a Hello that fills it, and in it the version
// (proto/telex/v1/telex.proto).
bool is_telex_hello(ByteView bytes) {
    constexpr std::string_view kHello = "B";
    constexpr std::string_view kVersion = "\x08";
    const auto frame = take_varint(bytes);
    if (!frame || !bytes.starts_with(kHello)) {
        return false;
    }
    const std::size_t behind = bytes.size();
    bytes.remove_prefix(kHello.size());
    const auto hello = take_varint(bytes);
    return hello && behind - bytes.size() + *hello == *frame && bytes.starts_with(kVersion);
}

std::optional<OtherProtocol> find_protocol(ByteView first_bytes) {
    for (const Signature& signature : kSignatures) {
        if (first_bytes.starts_with(signature.prefix)) {
            return signature.protocol;
        }
    }
    if (is_tls_hello(first_bytes)) {
        return OtherProtocol::tls;
    }
    if (is_mqtt_connect(first_bytes)) {
        return OtherProtocol::mqtt;
    }
    if (is_telex_hello(first_bytes)) {
        return OtherProtocol::telex;
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(OtherProtocol protocol) {
    switch (protocol) {
        case OtherProtocol::amqp:
            return "AMQP";
        case OtherProtocol::http:
            return "HTTP";
        case OtherProtocol::http2:
            return "HTTP/2";
        case OtherProtocol::mqtt:
            return "MQTT";
        case OtherProtocol::nats:
            return "NATS";
        case OtherProtocol::postgresql:
            return "PostgreSQL";
        case OtherProtocol::proxy:
            return "PROXY protocol";
        case OtherProtocol::redis:
            return "Redis";
        case OtherProtocol::smtp:
            return "SMTP";
        case OtherProtocol::ssh:
            return "SSH";
        case OtherProtocol::telex:
            return "telex";
        case OtherProtocol::tls:
            return "TLS";
    }
    return "unknown";
}

OtherProtocols protocols_of(const Framing& framing) {
    OtherProtocols own;
    if (framing.kind == FramingKind::headers && framing.headers.first_line != FirstLine::header) {
        own = own | OtherProtocols{OtherProtocol::http};
    }
    if (framing.kind == FramingKind::value && framing.format == ValueFormat::resp) {
        own = own | OtherProtocols{OtherProtocol::redis};
    }
    if (!framing.first.framing.empty()) {
        own = own | OtherProtocols{OtherProtocol::amqp, OtherProtocol::postgresql};
    }
    return own;
}

std::optional<OtherProtocol> detect_protocol(ByteView first_bytes, OtherProtocols ignored) {
    // Any CONNECT is a command of NATS, also with wrong arguments.
    if (ignored.contains(OtherProtocol::nats) && first_bytes.starts_with("CONNECT ")) {
        return std::nullopt;
    }
    const auto found = find_protocol(first_bytes);
    return found && ignored.contains(*found) ? std::nullopt : found;
}

}  // namespace telex::codec
