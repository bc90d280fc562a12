#include "client/handshake.hpp"

#include "client/outgoing.hpp"
#include "codec/detect_protocol.hpp"

#include <string_view>
#include <utility>
#include <variant>

namespace telex::client {
namespace {

// A record of type alert, version 3.x (RFC 8446, 5.1), the reply to bytes without TLS.
bool is_tls_alert(ByteView input) {
    return input.size() >= 2 && input[0] == '\x15' && input[1] == '\x03';
}

}  // namespace

Handshake::Handshake(
    std::shared_ptr<const ClientOptions> options, std::optional<auth::SigningKey> key
)
    : options_(std::move(options)), key_(std::move(key)) {}

std::string Handshake::hello() const {
    const auto* const user = std::get_if<UserPassword>(&options_->credentials);
    const auto* const token = std::get_if<Token>(&options_->credentials);
    const auto public_key = key_ ? key_->public_key() : auth::PublicKey{};
    std::string hello;
    append_hello(
        hello,
        {.client_name = options_->name,
         .no_echo = options_->no_echo,
         .user = user ? std::string_view(user->user) : std::string_view(),
         .password = user ? std::string_view(user->password) : std::string_view(),
         .token = token ? std::string_view(token->value) : std::string_view(),
         .public_key =
             {reinterpret_cast<const char*>(public_key.data()), key_ ? public_key.size() : 0}}
    );
    return hello;
}

std::optional<std::string> Handshake::prove(ByteView nonce, std::string_view binding) {
    constexpr std::size_t kNonceBytes = 32;
    if (!key_ || std::exchange(was_challenged_, true) || nonce.size() != kNonceBytes) {
        return std::nullopt;
    }
    std::string proof;
    append_proof(proof, key_->sign(auth::challenge_statement(nonce, binding)));
    return proof;
}

std::optional<ServerInfo> Handshake::read_welcome(ByteView control) {
    auto info = decode_welcome(control);
    return info && info->protocol_version == kProtocolVersion ? std::move(info) : std::nullopt;
}

// No frame begins like these: its second byte would end a group or have an unknown wire type.
std::optional<Error> Handshake::other_protocol(ByteView input) {
    if (is_tls_alert(input)) {
        return Error{
            Errc::server_protocol_error, "the server requires TLS: use tls:// instead of tcp://"
        };
    }
    if (const auto protocol = codec::detect_protocol(input, {codec::OtherProtocol::telex})) {
        return Error{
            Errc::server_protocol_error,
            "the server speaks " + std::string(codec::name_of(*protocol)) +
                ": expected a listener of telexd with the protocol telex, by default on port 4650"
        };
    }
    return std::nullopt;
}

}  // namespace telex::client
