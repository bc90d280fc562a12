#include "codec/detect_protocol.hpp"

#include <array>

namespace telex::codec {

namespace {

using namespace std::string_view_literals;

struct Signature {
    ByteView prefix;
    std::string_view protocol;
};

// The first match wins: NATS clients begin with "CONNECT {", HTTP proxy clients with "CONNECT
// host".
constexpr std::array kSignatures = {
    Signature{"CONNECT {"sv, "NATS"sv},
    Signature{"INFO {"sv, "NATS"sv},
    Signature{"PRI * HTTP/2"sv, "HTTP/2"sv},
    Signature{"GET "sv, "HTTP"sv},
    Signature{"POST "sv, "HTTP"sv},
    Signature{"HEAD "sv, "HTTP"sv},
    Signature{"PUT "sv, "HTTP"sv},
    Signature{"DELETE "sv, "HTTP"sv},
    Signature{"OPTIONS "sv, "HTTP"sv},
    Signature{"PATCH "sv, "HTTP"sv},
    Signature{"TRACE "sv, "HTTP"sv},
    Signature{"CONNECT "sv, "HTTP"sv},
    Signature{"HTTP/1."sv, "HTTP"sv},
    Signature{"SSH-"sv, "SSH"sv},
    Signature{"PROXY TCP"sv, "PROXY protocol"sv},
    Signature{"PROXY UNKNOWN"sv, "PROXY protocol"sv},
    Signature{"\r\n\r\n\0\r\nQUIT\n"sv, "PROXY protocol"sv},
    Signature{"EHLO "sv, "SMTP"sv},
    Signature{"HELO "sv, "SMTP"sv},
    Signature{"AMQP\0"sv, "AMQP"sv},
    Signature{"AMQP\3"sv, "AMQP"sv},
    Signature{"\0\0\0\x08\x04\xD2\x16\x2F"sv, "PostgreSQL"sv},
    Signature{"*1\r\n$"sv, "Redis"sv},
    Signature{"*2\r\n$"sv, "Redis"sv},
    Signature{"*3\r\n$"sv, "Redis"sv},
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

}  // namespace

std::optional<std::string_view> detect_protocol(ByteView first_bytes) {
    for (const Signature& signature : kSignatures) {
        if (first_bytes.starts_with(signature.prefix)) {
            return signature.protocol;
        }
    }
    if (is_tls_hello(first_bytes)) {
        return "TLS"sv;
    }
    if (is_mqtt_connect(first_bytes)) {
        return "MQTT"sv;
    }
    return std::nullopt;
}

}  // namespace telex::codec
