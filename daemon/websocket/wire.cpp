#include "websocket/wire.hpp"

#include "base/utf8.hpp"

namespace telex::websocket {

namespace {

// In network byte order.
void put_number(Head& head, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = bytes; i > 0; --i) {
        head.bytes.at(head.size++) = static_cast<char>(value >> (kBitsPerByte * (i - 1)));
    }
}

}  // namespace

std::size_t head_bytes(std::uint8_t second) {
    switch (second & kLengthBits) {
        case kLength16:
            return kShortHead + sizeof(std::uint16_t);
        case kLength64:
            return kShortHead + sizeof(std::uint64_t);
        default:
            return kShortHead;
    }
}

std::uint64_t length_in(ByteView head) {
    const auto second = static_cast<std::uint8_t>(head[1]);
    const std::size_t end = head_bytes(second);
    if (end == kShortHead) {
        return second & kLengthBits;
    }
    std::uint64_t length = 0;
    for (std::size_t at = kShortHead; at < end; ++at) {
        length = length << kBitsPerByte | static_cast<std::uint8_t>(head[at]);
    }
    return length;
}

Head make_head(Opcode opcode, std::uint64_t payload) {
    Head head;
    head.bytes[0] = static_cast<char>(kFinalBit | static_cast<std::uint8_t>(opcode));
    head.size = 1;
    if (payload < kLength16) {
        put_number(head, payload, 1);
    } else if (payload <= UINT16_MAX) {
        put_number(head, kLength16, 1);
        put_number(head, payload, sizeof(std::uint16_t));
    } else {
        put_number(head, kLength64, 1);
        put_number(head, payload, sizeof(std::uint64_t));
    }
    return head;
}

bool may_be_received(std::uint16_t code) {
    constexpr std::uint16_t kFirstReserved = 1'004;
    constexpr std::uint16_t kLastReserved = 1'006;
    constexpr std::uint16_t kLastRegistered = 1'014;
    constexpr std::uint16_t kFirstFree = 3'000;
    constexpr std::uint16_t kLastFree = 4'999;
    const bool is_standard = code >= static_cast<std::uint16_t>(CloseCode::normal) &&
                             code <= kLastRegistered &&
                             (code < kFirstReserved || code > kLastReserved);
    return is_standard || (code >= kFirstFree && code <= kLastFree);
}

std::string make_control(Opcode opcode, ByteView payload) {
    std::string frame(make_head(opcode, payload.size()).view());
    frame.append(payload);
    return frame;
}

std::string make_close(std::uint16_t code, ByteView reason) {
    if (code == static_cast<std::uint16_t>(CloseCode::none)) {
        return make_control(Opcode::close, {});
    }
    std::string payload{static_cast<char>(code >> kBitsPerByte), static_cast<char>(code)};
    while (!reason.empty()) {
        const std::size_t character = utf8_length(reason);
        if (character == 0 || payload.size() + character > kMaxControlPayload) {
            break;
        }
        payload.append(reason.substr(0, character));
        reason.remove_prefix(character);
    }
    return make_control(Opcode::close, payload);
}

}  // namespace telex::websocket
