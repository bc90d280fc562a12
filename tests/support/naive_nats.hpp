#pragma once
// NATS a second time, written as docs.nats.io and nats-server 2.9.10 say it and without thought of
// speed: what the fuzzer and the random scripts compare daemon/protocols/nats with.
//
//   naive_command   cuts the bytes of a client into commands
//   naive_headers   reads a header block
//   naive_output    reads the bytes of a server as a strict client does
#include "codec/frame_error.hpp"
#include "support/subject_oracle.hpp"

#include <nlohmann/json.hpp>

#include <cctype>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::testing {

inline void nats_require(bool holds, const std::string& what) {
    if (!holds) {
        throw std::logic_error(what);
    }
}

// The words between runs of spaces, tabs and CRs.
inline std::vector<std::string> nats_words(std::string_view text) {
    std::vector<std::string> words;
    bool inside = false;
    for (const char byte : text) {
        const bool space = byte == ' ' || byte == '\t' || byte == '\r';
        if (!space && !inside) {
            words.emplace_back();
        }
        if (!space) {
            words.back() += byte;
        }
        inside = !space;
    }
    return words;
}

// A number of 1 to 9 digits.
inline std::optional<std::size_t> nats_number(std::string_view text) {
    if (text.empty() || text.size() > 9 ||
        text.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    return std::stoul(std::string(text));
}

// --- a client's commands -------------------------------------------------------------------------

struct NaiveCommand {
    std::string verb;  // upper case
    std::vector<std::string> words;
    std::string rest;      // all behind the verb
    std::string payload;   // of PUB and HPUB, with the header block
    std::size_t size = 0;  // on the wire
    std::size_t held = 0;  // without the last line end
};

struct NaiveCut {
    std::optional<NaiveCommand> command;
    std::optional<codec::FrameError> error;
};

// The first command of `input`; neither command nor error: it is not complete.
inline NaiveCut naive_command(std::string_view input, std::size_t max_payload) {
    constexpr std::size_t kMaxLine = 4096;
    const std::size_t line_end = input.find('\n');
    if (line_end == std::string_view::npos) {
        // The last byte may be the CR of the line end.
        return input.size() > kMaxLine + 1 ? NaiveCut{{}, codec::FrameError::head_too_large}
                                           : NaiveCut{};
    }
    std::string line(input.substr(0, line_end));
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    if (line.size() > kMaxLine) {
        return {{}, codec::FrameError::head_too_large};
    }
    NaiveCommand command;
    command.verb = line.substr(0, line.find_first_of(" \t\r"));
    command.rest = line.substr(command.verb.size());
    command.words = nats_words(command.rest);
    for (char& letter : command.verb) {
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    command.size = line_end + 1;
    command.held = line.size();
    const bool publishes = command.verb == "PUB" || command.verb == "HPUB";
    const auto size =
        publishes && !command.words.empty() ? nats_number(command.words.back()) : std::nullopt;
    if (!size) {
        return {command, {}};
    }
    if (*size > max_payload) {
        return {{}, codec::FrameError::too_large};
    }
    const std::string_view behind = input.substr(line_end + 1);
    if (behind.size() < *size + 2) {
        return {};
    }
    if (behind.substr(*size, 2) != "\r\n") {
        return {{}, codec::FrameError::bad_trailer};
    }
    command.payload = behind.substr(0, *size);
    command.held = command.size + *size;
    command.size += *size + 2;
    return {command, {}};
}

// --- header blocks -------------------------------------------------------------------------------

using NaiveHeaderList = std::vector<std::pair<std::string, std::string>>;

inline std::string naive_block(const NaiveHeaderList& headers) {
    std::string block = "NATS/1.0\r\n";
    for (auto [name, value] : headers) {
        for (char& byte : name) {
            byte = byte == ':' || static_cast<unsigned char>(byte) <= 0x20 ? '-' : byte;
        }
        for (char& byte : value) {
            byte = byte == '\r' || byte == '\n' ? ' ' : byte;
        }
        block += (name.empty() ? "-" : name) + ": " + value + "\r\n";
    }
    return block + "\r\n";
}

// The headers of a block that have a name and are UTF-8, up to its empty line.
inline NaiveHeaderList naive_headers(std::string_view block) {
    NaiveHeaderList headers;
    bool first = true;
    while (!block.empty()) {
        const std::size_t end = block.find("\r\n");
        const std::string line(block.substr(0, end));
        block.remove_prefix(end == std::string_view::npos ? block.size() : end + 2);
        if (std::exchange(first, false)) {
            continue;  // the version and a status
        }
        if (line.empty()) {
            break;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos || colon == 0 || !code_points(line)) {
            continue;
        }
        std::string value = line.substr(colon + 1);
        value.erase(0, std::min(value.find_first_not_of(" \t"), value.size()));
        value.erase(value.find_last_not_of(" \t") + 1);
        headers.emplace_back(line.substr(0, colon), value);
    }
    return headers;
}

// --- a server's bytes ----------------------------------------------------------------------------

struct NaiveReply {
    std::string verb{};  // INFO, PING, PONG, +OK, -ERR, MSG, HMSG
    std::string text{};  // of -ERR without quotes, of INFO
    std::string subject{};
    std::string sid{};
    std::string reply{};
    std::string block{};
    std::string payload{};

    friend bool operator==(const NaiveReply&, const NaiveReply&) = default;
};

inline std::string to_string(const NaiveReply& reply) {
    return reply.verb + " [" + reply.text + "] [" + reply.subject + "] [" + reply.sid + "] [" +
           reply.reply + "] [" + reply.block + "] [" + reply.payload + "]";
}

namespace detail {

// A size as a server writes it.
inline std::size_t strict_size(const std::string& text) {
    const auto size = nats_number(text);
    nats_require(size && std::to_string(*size) == text, "a size is a plain number: " + text);
    return *size;
}

inline std::vector<std::string> strict_words(const std::string& line) {
    std::vector<std::string> words(1);
    for (const char byte : line) {
        if (byte == ' ') {
            words.emplace_back();
        } else {
            nats_require(static_cast<unsigned char>(byte) > 0x20, "no control character in a line");
            words.back() += byte;
        }
    }
    for (const std::string& word : words) {
        nats_require(!word.empty(), "one space between words: " + line);
    }
    return words;
}

inline NaiveReply read_message(const std::string& line, std::string_view& stream) {
    std::vector<std::string> words = strict_words(line);
    NaiveReply message{.verb = words[0]};
    const std::size_t sizes = words[0] == "HMSG" ? 2 : 1;
    nats_require(words.size() == 3 + sizes || words.size() == 4 + sizes, "words of " + line);
    message.subject = words[1];
    message.sid = words[2];
    if (words.size() == 4 + sizes) {
        message.reply = words[3];
    }
    const std::size_t all = strict_size(words.back());
    const std::size_t block = sizes == 2 ? strict_size(words[words.size() - 2]) : 0;
    nats_require(block <= all, "the header block is part of the message");
    nats_require(stream.substr(std::min(all, stream.size()), 2) == "\r\n", "a message has its end");
    message.block = stream.substr(0, block);
    message.payload = stream.substr(block, all - block);
    stream.remove_prefix(all + 2);
    return message;
}

inline NaiveReply read_error(const std::string& line) {
    constexpr std::size_t kClientBuffer = 255;
    nats_require(line.size() > 7 && line.starts_with("-ERR '") && line.ends_with('\''), line);
    const std::string text = line.substr(6, line.size() - 7);
    nats_require(text.size() <= kClientBuffer, "clients read an error text whole: " + text);
    nats_require(text.find('\'') == std::string::npos, "a quote ends an error text: " + text);
    for (const char byte : text) {
        nats_require(static_cast<unsigned char>(byte) >= 0x20, "an error text is printable");
    }
    return {.verb = "-ERR", .text = text};
}

}  // namespace detail

// Throws std::logic_error if a strict client would not understand it.
inline std::vector<NaiveReply> naive_output(std::string_view stream) {
    std::vector<NaiveReply> replies;
    while (!stream.empty()) {
        const std::size_t end = stream.find("\r\n");
        nats_require(end != std::string_view::npos, "a line has its end");
        const std::string line(stream.substr(0, end));
        nats_require(line.find_first_of("\r\n") == std::string::npos, "a line has one end");
        stream.remove_prefix(end + 2);
        if (line.starts_with("MSG ") || line.starts_with("HMSG ")) {
            replies.push_back(detail::read_message(line, stream));
        } else if (line.starts_with("-ERR")) {
            replies.push_back(detail::read_error(line));
        } else if (line.starts_with("INFO ")) {
            const auto info = nlohmann::json::parse(line.substr(5), nullptr, false);
            nats_require(info.is_object(), "INFO has an object: " + line);
            const bool leaves = info.value("ldm", false);
            replies.push_back({.verb = "INFO", .text = leaves ? "ldm" : ""});
        } else {
            nats_require(line == "+OK" || line == "PING" || line == "PONG", "a line: " + line);
            replies.push_back({.verb = line});
        }
    }
    return replies;
}

}  // namespace telex::testing
