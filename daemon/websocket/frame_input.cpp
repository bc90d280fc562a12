#include "websocket/frame_input.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <utility>

namespace telex::websocket {

namespace {

constexpr std::size_t kFirst = 0;
constexpr std::size_t kSecond = 1;
// Of eight bytes of length, those that are zero in a length that fits into two.
constexpr std::size_t kLongZeros = 6;
constexpr std::uint8_t kHighestBit = 0x80;

}  // namespace

std::size_t FrameInput::take(std::span<char> bytes) {
    std::size_t read = 0;
    std::size_t kept = 0;
    while (read < bytes.size() && !has_ended()) {
        if (!in_payload_) {
            const auto passed = take_head_byte(static_cast<std::uint8_t>(bytes[read++]));
            if (passed) {
                bytes[kept++] = static_cast<char>(*passed);
            }
            if (in_payload_ && payload_left_ == 0) {
                end_frame();
            }
            continue;
        }
        const std::size_t size =
            static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size() - read));
        kept += take_payload(bytes.data() + read, bytes.data() + kept, size);
        read += size;
        if (payload_left_ == 0 && !has_ended()) {
            end_frame();
        }
    }
    return kept;
}

std::optional<std::string> FrameInput::take_ping() {
    return std::exchange(ping_, std::nullopt);
}

void FrameInput::fail(Violation violation) {
    violation_ = violation;
}

// --- head ----------------------------------------------------------------------------------------

// The length of an empty frame is passed on after its mask: with it the frame is whole.
std::optional<std::uint8_t> FrameInput::take_head_byte(std::uint8_t byte) {
    head_[head_size_] = byte;
    const std::size_t at = head_size_++;
    std::size_t passed = at;
    bool is_held = false;
    if (at == kFirst) {
        check_first();
    } else if (at == kSecond) {
        check_second();
        is_held = head_[kSecond] == 0;
    } else if (at < head_bytes(head_[kSecond])) {
        check_length_byte();
    } else {
        passed = kSecond;
        is_held = head_[kSecond] != 0 || at + 1 < kShortHead + kMaskBytes;
        if (head_size_ == head_bytes(head_[kSecond]) + kMaskBytes) {
            end_head();
        }
    }
    const bool is_kept = boundaries_ == Boundaries::kept && !is_control() && !has_ended();
    return is_kept && !is_held ? std::optional(head_[passed]) : std::nullopt;
}

void FrameInput::check_first() {
    if ((head_[kFirst] & kReservedBits) != 0) {
        fail(Violation::reserved_bits);
        return;
    }
    const auto opcode = static_cast<Opcode>(head_[kFirst] & kOpcodeBits);
    switch (opcode) {
        case Opcode::continuation:
        case Opcode::text:
        case Opcode::binary:
            check_data_opcode(opcode);
            return;
        case Opcode::close:
        case Opcode::ping:
        case Opcode::pong:
            if (!is_final()) {
                fail(Violation::fragmented_control);
            }
            return;
    }
    fail(Violation::reserved_opcode);
}

void FrameInput::check_data_opcode(Opcode opcode) {
    if (opcode == Opcode::continuation) {
        if (!in_message_) {
            fail(Violation::unexpected_continuation);
        } else if (++fragments_ > kMaxFragments) {
            fail(Violation::too_many_fragments);
        }
        return;
    }
    if (in_message_) {
        fail(Violation::interleaved_message);
        return;
    }
    is_text_ = opcode == Opcode::text;
    text_.restart();
    fragments_ = 1;
}

void FrameInput::check_second() {
    const std::uint8_t length = head_[kSecond] & kLengthBits;
    if ((head_[kSecond] & kMaskBit) == 0) {
        fail(Violation::not_masked);
    } else if (is_control() && length > kMaxControlPayload) {
        fail(Violation::long_control);
    } else if (!is_control() && is_final() && length == 0 && is_text_ && !text_.is_complete()) {
        fail(Violation::bad_text);
    }
    head_[kSecond] = length;  // passed on without the bit of the mask
}

// A length is minimal if its first bytes are not zero, or the last ones are too large for the
// shorter form.
void FrameInput::check_length_byte() {
    const std::size_t at = head_size_ - 1 - kShortHead;
    const auto* const length = head_.data() + kShortHead;
    const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
    if (head_[kSecond] == kLength16) {
        if (at == 1 && length[0] == 0 && length[1] < kLength16) {
            fail(Violation::long_form);
        }
    } else if (at == 0 && (length[0] & kHighestBit) != 0) {
        fail(Violation::bad_length);
    } else if (at == kLongZeros - 1 && std::all_of(length, length + kLongZeros, is_zero)) {
        fail(Violation::long_form);
    }
}

void FrameInput::end_head() {
    const std::size_t mask_at = head_bytes(head_[kSecond]);
    const auto* const begin = reinterpret_cast<const char*>(head_.data());
    payload_left_ = length_in({begin, mask_at});
    Mask::Bytes mask{};
    std::copy_n(begin + mask_at, mask.size(), mask.begin());
    mask_.assign(mask);
    in_payload_ = true;
    control_size_ = 0;
}

// --- payload -------------------------------------------------------------------------------------

std::size_t FrameInput::take_payload(const char* from, char* to, std::size_t size) {
    payload_left_ -= size;
    if (is_control()) {
        mask_.remove(from, control_.data() + control_size_, size);
        control_size_ += size;
        return 0;
    }
    mask_.remove(from, to, size);
    if (is_text_ &&
        (!text_.take({to, size}) || (payload_left_ == 0 && is_final() && !text_.is_complete()))) {
        fail(Violation::bad_text);
        return 0;
    }
    return size;
}

void FrameInput::end_frame() {
    in_payload_ = false;
    head_size_ = 0;
    if (is_control()) {
        end_control();
    } else {
        in_message_ = !is_final();
    }
}

void FrameInput::end_control() {
    const ByteView payload(control_.data(), control_size_);
    switch (static_cast<Opcode>(head_[kFirst] & kOpcodeBits)) {
        case Opcode::ping:
            ping_ = std::string(payload);
            break;
        case Opcode::close:
            take_close(payload);
            break;
        default:
            break;  // a pong: the daemon sends no pings
    }
}

void FrameInput::take_close(ByteView payload) {
    if (payload.empty()) {
        closed_ = static_cast<std::uint16_t>(CloseCode::none);
        return;
    }
    if (payload.size() < sizeof(std::uint16_t)) {
        fail(Violation::bad_close);
        return;
    }
    const auto code = static_cast<std::uint16_t>(
        static_cast<std::uint8_t>(payload[0]) << kBitsPerByte |
        static_cast<std::uint8_t>(payload[1])
    );
    if (!may_be_received(code)) {
        fail(Violation::bad_close);
    } else if (!is_utf8(payload.substr(sizeof code))) {
        fail(Violation::bad_text);
    } else {
        closed_ = code;
    }
}

}  // namespace telex::websocket
