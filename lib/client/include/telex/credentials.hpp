#pragma once
// Credentials, for exchanges with users that do not identify the client by the connection itself.
//
// Password and token are sent in clear: exchanges accept them over TLS, unix sockets and loopback
// only. They are sent to every server in ClientOptions::servers, and never to the default TCP
// address.
#include <string>
#include <variant>

namespace telex {

struct UserPassword {
    std::string user;
    std::string password;
};

struct Token {
    std::string value;
};

// The key is not sent: the exchange gets a signature.
struct KeyFile {
    // PEM with an Ed25519 private key, or a seed of NATS, as written by `telex keygen`.
    std::string path;
};

// std::monostate: no credentials.
using Credentials = std::variant<std::monostate, UserPassword, Token, KeyFile>;

}  // namespace telex
