#pragma once
// Decodes the frames that an exchange sends, without generated code (see outgoing.hpp). The body of
// a message stays encoded until the application takes it: this keeps the work off the I/O thread.
#include "base/bytes.hpp"
#include "wire/frame_view.hpp"
#include <telex/message.hpp>
#include <telex/options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::client {

enum class IncomingKind : std::uint8_t {
    delivery,
    reply,
    welcome,
    challenge,
    subscribed,
    unsubscribed,
    ping,
    pong,
    flushed,
    stored,
    goodbye,
    error,
    nothing,  // nothing known, from a later version: ignored
};

// Views into the frame.
struct Incoming {
    IncomingKind kind = IncomingKind::nothing;
    std::uint64_t subscription = 0;
    std::uint64_t request = 0;
    std::string_view reply_to;
    ByteView body;                           // delivery, reply: the encoded Message
    std::optional<wire::Position> position;  // delivery of a consumer

    std::uint64_t number =
        0;  // nonce of ping and pong, id of flushed, sequence of stored and error
    std::uint64_t dropped = 0;  // unsubscribed
    bool reconnect = false;     // goodbye
    bool duplicate = false;     // stored
    bool closing = false;       // error
    Errc code = Errc::unspecified;
    std::string_view text;  // error, goodbye; the name of the stream of stored
    ByteView control;       // welcome
    ByteView nonce;         // challenge
};

// Returns nullopt if the frame is malformed.
[[nodiscard]] std::optional<Incoming> decode(ByteView frame);

// Decodes a Welcome; `url` stays empty.
[[nodiscard]] std::optional<ServerInfo> decode_welcome(ByteView control);

// Decodes a Message for the application. The exchange has checked it; of malformed bytes the part
// before the fault is returned.
Message to_message(ByteView body, std::string_view reply_to);
// The same; the payload takes the memory of the body.
Message take_message(std::string body, std::string_view reply_to);

}  // namespace telex::client
