#pragma once
// A control line of a NATS client: its verb and its arguments, which are separated by runs of
// spaces, tabs and CRs, as nats-server divides them. Verbs in any case. Pure functions.
#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace telex::session::nats {

enum class Verb : std::uint8_t {
    connect,
    ping,
    pong,
    pub,
    hpub,
    sub,
    unsub,
    info,     // of a server: ignored
    outcome,  // +OK, -ERR: of a server, a client that sends it is closed
    unknown,
};

// Views into the line.
struct CommandLine {
    // One more than any command has.
    static constexpr std::size_t kMaxArguments = 5;

    Verb verb = Verb::unknown;
    std::string_view rest;  // all behind the verb, without spaces at both ends

    std::span<const std::string_view> arguments() const {
        return std::span(parts_).first(part_count_);
    }

private:
    friend CommandLine parse_line(ByteView line);

    std::array<std::string_view, kMaxArguments> parts_{};
    std::size_t part_count_ = 0;
};

// `line` has no end. Arguments of CONNECT and INFO are not divided.
CommandLine parse_line(ByteView line);

// The bytes of header block and payload that follow a line of PUB or HPUB: its last argument.
// Nothing for other lines, and where it is not a number of 1 to 9 digits.
std::optional<std::size_t> payload_size(ByteView line);

// Reads a decimal number of 1 to 9 digits.
std::optional<std::size_t> parse_size(std::string_view text);

// Ends a line, and what follows it.
inline constexpr ByteView kLineEnd = "\r\n";

// Without spaces, tabs and CRs at both ends.
std::string_view trim(std::string_view text);

inline ByteView without_return(ByteView line) {
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

}  // namespace telex::session::nats
