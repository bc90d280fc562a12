#pragma once
// What the exchange says: one Frame decoded into what a client acts upon, by hand (outgoing.hpp
// says why). The body of a message stays as it came until the application takes it: decoding it
// then keeps that work off the I/O thread.
#include "base/bytes.hpp"
#include <telex/message.hpp>
#include <telex/options.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace telex::client {

enum class IncomingKind : std::uint8_t {
    delivery,
    answer,
    welcome,
    challenge,
    subscribed,
    unsubscribed,
    ping,
    pong,
    flushed,
    goodbye,
    error,
    nothing,  // a frame that carries nothing known: a later version's, ignored
};

// Views into the frame, valid as long as it.
struct Incoming {
    IncomingKind kind = IncomingKind::nothing;
    std::uint64_t subscription = 0;
    std::uint64_t request = 0;
    std::string_view reply_to;
    ByteView body;  // delivery, answer: the encoded Message

    std::uint64_t number = 0;   // nonce of ping and pong, id of flushed
    std::uint64_t dropped = 0;  // unsubscribed
    bool reconnect = false;     // goodbye
    bool closing = false;       // error
    Errc code = Errc::unspecified;
    std::string_view text;  // error, goodbye
    ByteView control;       // welcome
    ByteView nonce;         // challenge
};

// Nothing: not the protocol.
[[nodiscard]] std::optional<Incoming> decode(ByteView frame);

// The fields of a Welcome; `url` stays empty.
[[nodiscard]] std::optional<ServerInfo> decode_welcome(ByteView control);

// An encoded Message as the application sees it. The exchange has checked it before it forwarded
// it; of malformed bytes the part before the fault is returned.
Message to_message(ByteView body, std::string_view reply_to);

}  // namespace telex::client
