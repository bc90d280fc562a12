#pragma once
// The frames from the opening of a connection to Welcome: Hello, Challenge, Proof. Without I/O or
// clock.
#include "auth/signing_key.hpp"
#include "base/bytes.hpp"
#include "client/incoming.hpp"
#include <telex/options.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace telex::client {

// Why a server is abandoned that accepts the connection and sends nothing.
inline constexpr std::string_view kNoWelcome =
    "no reply in time; the port may belong to a listener with another protocol (by default 4650 is "
    "native, 4651 JSON, 4652 syslog, 4680 HTTP), or to another program";

class Handshake {
public:
    Handshake(std::shared_ptr<const ClientOptions> options, std::optional<auth::SigningKey> key);

    // Starts a new connection.
    void begin() { was_challenged_ = false; }

    // Returns the encoded Hello.
    std::string hello() const;
    // Returns the encoded Proof for a Challenge; nullopt if it was unexpected or is invalid.
    // `binding` is the channel binding of the connection.
    [[nodiscard]] std::optional<std::string> prove(ByteView nonce, std::string_view binding);
    // Decodes a Welcome; nullopt if it is malformed or has another protocol version.
    [[nodiscard]] static std::optional<ServerInfo> read_welcome(ByteView control);
    // Returns the error for a server that replied to the Hello in another protocol, if it is known.
    [[nodiscard]] static std::optional<Error> other_protocol(ByteView input);

private:
    const std::shared_ptr<const ClientOptions> options_;
    const std::optional<auth::SigningKey> key_;
    bool was_challenged_ = false;
};

}  // namespace telex::client
