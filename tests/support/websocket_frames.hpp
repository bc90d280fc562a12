#pragma once
// Frames of a WebSocket client, made for tests, and a naive reading of a whole input, which is the
// oracle of websocket::FrameInput. It follows RFC 6455, not the parser.
#include "base/bytes.hpp"
#include "base/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace telex::testing {

struct ClientFrame {
    unsigned first = 0x82;  // final, binary
    std::string payload;
    std::string mask = "\x37\xfa\x21\x3d";
    unsigned length_bytes = 0;  // 2 or 8: this form, even if it is not minimal
    bool masked = true;
};

inline void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
    for (unsigned i = bytes; i > 0; --i) {
        out += static_cast<char>(value >> (8 * (i - 1)));
    }
}

inline std::string encode(const ClientFrame& frame) {
    const std::size_t size = frame.payload.size();
    unsigned form = frame.length_bytes;
    if (form == 0 && size >= 126) {
        form = size <= 65'535 ? 2 : 8;
    }
    const unsigned mask_bit = frame.masked ? 0x80 : 0;
    std::string out(1, static_cast<char>(frame.first));
    if (form == 0) {
        out += static_cast<char>(size | mask_bit);
    } else {
        out += static_cast<char>((form == 2 ? 126U : 127U) | mask_bit);
        append_big_endian(out, size, form);
    }
    if (!frame.masked) {
        return out + frame.payload;
    }
    out += frame.mask;
    for (std::size_t i = 0; i < size; ++i) {
        out += static_cast<char>(frame.payload[i] ^ frame.mask[i % 4]);
    }
    return out;
}

inline std::string masked(unsigned first, std::string payload) {
    return encode({.first = first, .payload = std::move(payload)});
}

struct NaiveMessages {
    std::vector<std::string> messages;  // that are complete
    std::string bytes;                  // payloads of all data frames, as far as they are right
    std::optional<std::string> last_ping;
    std::optional<unsigned> closed;  // the code of the peer's close frame
    bool violated = false;
};

namespace naive {

inline bool is_close_code(unsigned code) {
    static const std::vector<unsigned> standard = {
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014
    };
    for (const unsigned one : standard) {
        if (code == one) {
            return true;
        }
    }
    return code >= 3000 && code <= 4999;
}

// Some bytes behind `text` make a character of it.
inline bool begins_character(std::string_view text) {
    const std::string_view more = "\x80\x8F\x90\x9F\xA0\xBF";
    std::vector<std::string> candidates = {std::string(text)};
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const std::string candidate = candidates[i];
        if (utf8_length(candidate) == candidate.size()) {
            return true;
        }
        for (const char byte : candidate.size() < 4 ? more : std::string_view()) {
            candidates.push_back(candidate + byte);
        }
    }
    return false;
}

// The size of the characters at the front of `text`; `wrong` says that the rest does not begin one.
inline std::size_t whole_characters(std::string_view text, bool& wrong) {
    std::size_t at = 0;
    while (at < text.size() && utf8_length(text.substr(at)) != 0) {
        at += utf8_length(text.substr(at));
    }
    wrong = at < text.size() && !begins_character(text.substr(at));
    return at;
}

}  // namespace naive

// `fragments`: maximum number of frames of one message.
inline NaiveMessages read_frames(std::string_view input, std::size_t fragments) {
    NaiveMessages result;
    std::string message;
    bool in_message = false;
    bool text = false;
    std::size_t count = 0;
    while (!result.violated && !result.closed && input.size() >= 1) {
        const auto first = static_cast<unsigned char>(input[0]);
        const unsigned opcode = first & 15U;
        const bool final = (first & 128U) != 0;
        const bool control = opcode >= 8;
        const bool known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
        if ((first & 112U) != 0 || !known || (control && !final) || (opcode == 0 && !in_message) ||
            ((opcode == 1 || opcode == 2) && in_message)) {
            result.violated = true;
            break;
        }
        if (!control) {
            count = opcode == 0 ? count + 1 : 1;
            text = opcode == 0 ? text : opcode == 1;
            if (count > fragments) {
                result.violated = true;
                break;
            }
        }
        if (input.size() < 2) {
            break;
        }
        const auto second = static_cast<unsigned char>(input[1]);
        std::uint64_t size = second & 127U;
        std::size_t at = 2;
        if (second < 128 || (control && size > 125)) {
            result.violated = true;
            break;
        }
        const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (more > 0) {
            std::uint64_t value = 0;
            std::size_t seen = 0;
            for (; seen < more && at < input.size(); ++seen, ++at) {
                value = value << 8U | static_cast<unsigned char>(input[at]);
            }
            // A wrong form is known from its first bytes on.
            if ((more == 8 && seen > 0 && (value >> (8 * seen - 1)) != 0) ||
                (more == 8 && seen >= 6 && (value >> (8 * (seen - 6))) == 0) ||
                (more == 2 && seen == 2 && value < 126)) {
                result.violated = true;
                break;
            }
            if (seen < more) {
                break;
            }
            size = value;
        }
        bool divided = false;  // text so far ends within a character
        if (text && !control) {
            bool wrong = false;
            divided = naive::whole_characters(message, wrong) < message.size();
        }
        if (size == 0 && final && !control && text && divided) {
            result.violated = true;
            break;
        }
        if (input.size() < at + 4) {
            break;
        }
        const std::string_view mask = input.substr(at, 4);
        at += 4;
        const std::size_t there =
            static_cast<std::size_t>(size < input.size() - at ? size : input.size() - at);
        std::string payload(input.substr(at, there));
        for (std::size_t i = 0; i < there; ++i) {
            payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
        }
        const bool whole = there == size;
        input.remove_prefix(at + there);
        if (control) {
            if (!whole) {
                break;
            }
            if (opcode == 9) {
                result.last_ping = payload;
            }
            if (opcode == 8 && payload.empty()) {
                result.closed = 1005;
            } else if (opcode == 8) {
                const unsigned code = payload.size() < 2
                                          ? 0
                                          : static_cast<unsigned char>(payload[0]) * 256U +
                                                static_cast<unsigned char>(payload[1]);
                if (naive::is_close_code(code) && is_utf8(std::string_view(payload).substr(2))) {
                    result.closed = code;
                } else {
                    result.violated = true;
                }
            }
            continue;
        }
        message += payload;
        if (text) {
            bool wrong = false;
            const bool complete = naive::whole_characters(message, wrong) == message.size();
            if (wrong || (whole && final && !complete)) {
                result.violated = true;
                break;
            }
        }
        result.bytes += payload;
        if (!whole) {
            break;
        }
        in_message = !final;
        if (final) {
            result.messages.push_back(std::move(message));
            message.clear();
        }
    }
    return result;
}

}  // namespace telex::testing
