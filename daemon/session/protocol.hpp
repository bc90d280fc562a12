#pragma once
// The description of a protocol for the daemon: its name, its capabilities, and the factory of its
// sessions. protocols/registry lists all of them; no other code compares names.
#include "codec/decoder.hpp"
#include "codec/detect_protocol.hpp"
#include "codec/encoder.hpp"
#include "session/options.hpp"
#include "session/session.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::session {

// The content of the protocol's frames; decides which framings can carry it.
enum class FrameContent : std::uint8_t {
    payload,  // a payload alone: fits every framing
    text,     // one line of text
    binary,   // any bytes, delimiters included
};

struct Capabilities {
    // Clients introduce themselves first, and can show credentials.
    bool has_hello = false;
    // Clients choose their subscriptions.
    bool client_subscribes = false;
    // Clients send requests, each with its own time-out.
    bool client_requests = false;
    // Messages from clients can have headers.
    bool has_headers = false;
    // Clients receive the reason of a refusal.
    bool reports_errors = false;
    // A silent peer cannot be pinged: it is not closed by default. When a listener is full, the
    // connection that has been silent for longest is closed to make room.
    bool may_be_silent = false;
    // A peer may start with any bytes. Otherwise a peer of a stream that starts with HTTP, TLS, a
    // Hello of telex and the like is refused as a client of another protocol.
    bool any_bytes = false;
    // Protocols whose clients begin in the same way as clients of this one: they are not detected.
    codec::OtherProtocols looks_like{};
    // Works on packet sockets (udp, unix-dgram, unix-seqpacket), where one packet is one frame.
    bool packets = true;
    FrameContent content = FrameContent::binary;
};

// The facts for a protocol's check of a listener.
struct ListenerFacts {
    const SessionOptions& options;
    // The listener has datagram sockets (udp, unix-dgram).
    bool datagrams = false;
    // The key is in the configuration.
    std::function<bool(std::string_view key)> given;
    // The key's value was accepted, or there is none.
    std::function<bool(std::string_view key)> good;
};

struct ListenerError {
    std::string_view key;  // empty: the listener as a whole
    std::string text;
};

struct Protocol {
    std::string_view name;     // as in the configuration
    std::string_view summary;  // one line for the documentation
    // Preset for byte streams; empty for a protocol that defines its own framing.
    std::string_view default_framing;
    // What TLS clients may ask for by ALPN; empty: no ALPN.
    std::string_view alpn;
    Capabilities can;
    // Maximum bytes queued for one connection where the configuration names none; 0: as usual. For
    // clients that count on more.
    std::size_t max_pending_bytes = 0;
    std::unique_ptr<Session> (*make)(
        Transport& transport, broker::Port& broker, const SessionOptions& options
    ) = nullptr;

    // The protocol's own framing; null where default_framing is set.
    std::unique_ptr<codec::Decoder> (*make_decoder)(std::size_t max_frame_bytes) = nullptr;
    std::unique_ptr<codec::Encoder> (*make_encoder)(std::size_t max_frame_bytes) = nullptr;

    // Keys that only listeners of this protocol have; null: none.
    std::span<const OptionRow> (*option_rows)() = nullptr;
    // Checks what no single key shows; null: nothing to check.
    std::vector<ListenerError> (*check_listener)(const ListenerFacts& facts) = nullptr;

    bool has_own_framing() const { return default_framing.empty(); }
};

// For Protocol::make.
template <class S>
std::unique_ptr<Session> make_session(
    Transport& transport, broker::Port& broker, const SessionOptions& options
) {
    return std::make_unique<S>(transport, broker, options);
}

}  // namespace telex::session
